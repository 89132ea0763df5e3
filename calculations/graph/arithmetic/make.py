"""Makes a node's function from its config."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from calculations.graph.arithmetic.combine import combine
from calculations.graph.arithmetic.controls import controls
from calculations.graph.arithmetic.convert import convert, convert_by_series
from calculations.graph.arithmetic.factor import base_price, constant, index_value
from calculations.graph.arithmetic.transform import transform
from calculations.graph.arithmetic.values import Compute
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
from calculations.graph.lookups import Answer, LookupKey

Answers = Mapping[LookupKey, Answer]


def make_compute(node_id: str, config: Config, sources: Sequence[int], answers: Answers) -> Compute:
    """Return the function of a node whose inputs stand at `sources` among the values."""
    return _MAKERS[type(config)](node_id, config, sources, answers)


def _by_rate(node_id: str, config: ConvertCurrency, sources: Sequence[int], answers: Answers) -> Compute:
    if isinstance(config.rate, LookupKey):
        return convert_by_series(node_id, sources[0], answers[config.rate])
    return convert(sources[0], config.rate)


_MAKERS: dict[type[Config], Callable[[str, Any, Sequence[int], Answers], Compute]] = {
    Constant: lambda _node_id, config, _sources, _answers: constant(config.value),
    BasePrice: lambda node_id, _config, _sources, _answers: base_price(node_id),
    SeriesValue: lambda node_id, config, _sources, answers: index_value(node_id, answers[config.key]),
    Transform: lambda node_id, config, sources, _answers: transform(node_id, config, sources[0]),
    ConvertUnit: lambda _node_id, config, sources, _answers: convert(sources[0], config.factor),
    ConvertCurrency: _by_rate,
    Combine: lambda node_id, config, sources, _answers: combine(node_id, config, sources),
    Controls: lambda node_id, config, sources, _answers: controls(node_id, config, sources),
}
