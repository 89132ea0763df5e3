"""Says in one line what a step did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calculations.graph.arithmetic.make import Answers
from calculations.graph.configs import (
    BasePrice,
    Combine,
    Config,
    Constant,
    Controls,
    ConvertCurrency,
    ConvertUnit,
    SeriesValue,
    Transform,
)
from calculations.graph.lookups import Found, LookupKey
from ingestion.numbers import dec, plain

BASE_PRICE = "Factor: base price = "
"""What a base price's line begins with; the item's price follows."""

_OPERATIONS: dict[type[Config], str] = {Controls: "controls", ConvertUnit: "convert", ConvertCurrency: "convert"}


def operation_of(config: Config) -> str:
    """Return the step's operation: what the config names, else the kind of node."""
    match config:
        case Transform():
            return config.function
        case Combine():
            return config.operation
    return _OPERATIONS.get(type(config), "factor")


def describe(config: Config, answers: Answers) -> str:
    """Return the line of a node, for a base price without the price."""
    return _LINES[type(config)](config, answers)


def _index_value(config: SeriesValue, answers: Answers) -> str:
    """Return the series, the operation and the value, then a lag and a gap if there are any."""
    key, answer = config.key, answers[config.key]
    line = f"Factor: {key.series} {key.operation}"
    if isinstance(answer, Found):
        line += f" = {dec(answer.value)}"
    if key.lag_days:
        line += f" (lag {key.lag_days} days)"
    if isinstance(answer, Found) and answer.gap_days:
        line += f" (filled from {answer.actual_date.isoformat()})"
    return line


def _rate(config: ConvertCurrency, answers: Answers) -> str:
    """Return the rate in plain form, unrounded."""
    if not isinstance(config.rate, LookupKey):
        return plain(config.rate)
    answer = answers[config.rate]
    return plain(answer.value) if isinstance(answer, Found) else config.rate.series


_LINES: dict[type[Config], Callable[[Any, Answers], str]] = {
    Constant: lambda config, _answers: f"Factor: {plain(config.value)}",
    BasePrice: lambda _config, _answers: BASE_PRICE,
    SeriesValue: _index_value,
    Transform: lambda config, _answers: f"Transform: {config.function}",
    ConvertUnit: lambda config, _answers: f"Convert: {config.source} to {config.target} x {plain(config.factor)}",
    ConvertCurrency: lambda config, answers: f"Convert: {config.source} to {config.target} x {_rate(config, answers)}",
    Combine: lambda config, _answers: f"Combine: {config.operation}",
    Controls: lambda _config, _answers: "Apply controls",
}
