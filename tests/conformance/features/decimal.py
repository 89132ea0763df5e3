"""Runs the conformance cases about numbers."""

from decimal import Decimal
from typing import Any

from ingestion.errors import NotANumber
from ingestion.numbers import dec, money, plain, read_number


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the text of a number, or whether a JSON value may be one."""
    return _OPERATIONS[case["op"]](case)


def _is_number(case: dict[str, Any]) -> dict[str, Any]:
    try:
        read_number(case["value"])
    except NotANumber:
        return {"ok": False}
    return {"ok": True}


_OPERATIONS = {
    "dec": lambda case: {"text": dec(Decimal(case["value"]))},
    "money": lambda case: {"text": money(Decimal(case["value"]), case["currency"])},
    "round": lambda case: {"text": plain(round(Decimal(case["value"]), case["decimals"]))},
    "is_number": _is_number,
}
