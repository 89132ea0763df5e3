"""Transforms change one value by a function."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from calculations.graph.configs import keys

FUNCTIONS = ("abs", "ceil", "floor", "round", "log", "exp", "sqrt", "pow", "percent_change")
MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A function and the parameters that it may need."""

    function: str
    exponent: Decimal | None
    decimals: int
    base_value: Decimal | None


def read_transform(config: keys.Section) -> Transform:
    """Return the function; `pow` needs an exponent, `percent_change` a base value other than 0."""
    keys.only(config, "function", "params")
    function = keys.needed_choice(config, "function", FUNCTIONS)
    params = keys.subsection(config, "params", "exponent", "decimals", "baseValue") or {}
    transform = Transform(
        function=function,
        exponent=keys.number(params, "exponent"),
        decimals=keys.integer(params, "decimals", most=MOST_DECIMALS),
        base_value=keys.number(params, "baseValue"),
    )
    if function == "pow" and transform.exponent is None:
        raise keys.BadConfig("pow needs params.exponent")
    if function == "percent_change" and not transform.base_value:
        raise keys.BadConfig("percent_change needs a params.baseValue other than 0")
    return transform
