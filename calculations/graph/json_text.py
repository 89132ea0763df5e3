"""Which JSON values may be kept, and the form in which every database keeps them exactly."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from ingestion.numbers import plain

MOST_VALUES = 50_000
DEEPEST = 32
_FLOAT_DIGITS = 15


def read_json(text: str) -> Any:
    """Return the value of a JSON text, numbers with a point or exponent as Decimals; raise ValueError for no JSON."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ArithmeticError, RecursionError) as error:  # the first: an exponent beyond Decimal's
        raise ValueError(f"not JSON: {error}") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def unstorable(value: object) -> str | None:
    """Return why a JSON value cannot be kept, or None; reads a bounded part of it and never recurses."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    for count, (part, depth) in enumerate(_walk(waiting)):
        if count >= MOST_VALUES:
            return f"more than {MOST_VALUES} values"
        if depth > DEEPEST:
            return f"nested deeper than {DEEPEST} levels"
        if isinstance(part, str) and not _is_clean(part):
            return "a text with a NUL or a lone surrogate"
        if not isinstance(part, str | bool | int | float | Decimal | dict | list | None):
            return f"a {type(part).__name__} is no JSON value"
    return None


def _walk(waiting: list[tuple[object, int]]) -> Any:
    """Yield each value and key with its depth."""
    while waiting:
        part, depth = waiting.pop()
        yield part, depth
        if isinstance(part, dict):
            waiting.extend((each, depth + 1) for pair in part.items() for each in pair)
        elif isinstance(part, list):
            waiting.extend((each, depth + 1) for each in part)


def _is_clean(text: str) -> bool:
    """Whether PostgreSQL can keep the text and UTF-8 can write it."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def storable(value: Any) -> Any:
    """Return a JSON value whose numbers survive a database: decimals that a float cannot hold become plain texts."""
    if isinstance(value, dict):
        return {key: storable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Decimal):
        return _storable_number(value)
    return value


def _storable_number(value: Decimal) -> int | float | str:
    """Return a JSON number with the same value, or the number's text."""
    if not value.is_finite():
        return str(value)
    if len(value.as_tuple().digits) <= _FLOAT_DIGITS and abs(value.adjusted()) < _FLOAT_DIGITS:
        return int(value) if value == value.to_integral_value() else float(value)
    return plain(value)
