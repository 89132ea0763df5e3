"""The domain's rules for numbers: exact decimals, one text form for each.

Formulas compute in `CONTEXT`; results are cut to 12 places only when they leave the system (domain specification,
section 1).
"""

from __future__ import annotations

import math
import re
from decimal import (
    MAX_EMAX,
    MAX_PREC,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
)

from ingestion.errors import NotANumber

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation])
"""For every computation: `with localcontext(CONTEXT): …`; it copies, so threads do not share flags."""

LIMIT = Decimal(10) ** 16
"""Absolute values reach up to this bound, exclusive."""

PLACES = 12
LONGEST = 1_000
"""A number whose plain form needs more digits is no number: `1e999999` must not become a text of a megabyte."""

_LAST_PLACE = Decimal(1).scaleb(-PLACES)
_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_EVEN)
_NUMBER_TEXT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MINOR_DIGITS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "BHD": 3,
    "KWD": 3,
    "OMR": 3,
    "JOD": 3,
    "TND": 3,
}


def plain(value: Decimal) -> str:
    """Return the one text of a finite number: no exponent, plus sign, trailing zeros or negative zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def cut(value: Decimal) -> Decimal:
    """Return a finite number with 12 decimal places, half to even; no number is too large."""
    return value.quantize(_LAST_PLACE, context=_WIDE)


def dec(value: Decimal) -> str:
    """Return the plain form of a number that leaves the system, cut to 12 places."""
    return plain(cut(value))


def money(value: Decimal, currency: str) -> str:
    """Return `dec(value)` padded with zeros to the minor digits of an ISO 4217 currency, never shortened."""
    text = dec(value)
    digits = _MINOR_DIGITS.get(currency, 2)
    if not digits:
        return text
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(digits, '0')}"


def read_number(value: object) -> Decimal:
    """Return the exact number that a JSON number or number text means; raise `NotANumber` for anything else.

    A float stands for the shortest decimal that reads back as it.
    """
    match value:
        case bool():
            raise NotANumber(value)
        case int() | Decimal():
            number = Decimal(value)
        case float() if math.isfinite(value):
            number = Decimal(repr(value))
        case str() if _NUMBER_TEXT.fullmatch(value):
            number = Decimal(value)
        case _:
            raise NotANumber(value)
    if not number.is_finite() or _plain_length(number) > LONGEST:
        raise NotANumber(value)
    return number


def _plain_length(number: Decimal) -> int:
    """Return how many digits the plain form needs, about."""
    _, digits, exponent = number.as_tuple()
    return len(digits) + abs(int(exponent))
