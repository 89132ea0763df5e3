"""Judges each node against the number of its inputs: the validator's fourth stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from calculations.graph.configs import Combine, Config, Controls, ConvertCurrency, ConvertUnit, Transform
from calculations.graph.problem import Code, Problem

_ONE_INPUT = (Transform, ConvertUnit, ConvertCurrency)


def count_problems(configs: Mapping[str, Config], inputs: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Yield at most one problem for each node, in the order of the nodes."""
    for node_id, config in configs.items():
        found = _problem(config, len(inputs[node_id]))
        if found:
            code, text = found
            yield Problem(code=code, message=f"Node {node_id}: {text}", node_id=node_id)


def _problem(config: Config, count: int) -> tuple[Code, str] | None:
    """Return what is wrong with a node of so many inputs."""
    if isinstance(config, Controls):
        return _controls_problem(config, count)
    if isinstance(config, Combine):
        return _combine_problem(config, count)
    wanted = 1 if isinstance(config, _ONE_INPUT) else 0
    if count != wanted:
        return Code.INVALID_OPERATION, f"takes {wanted} inputs, has {count}"
    return None


def _combine_problem(config: Combine, count: int) -> tuple[Code, str] | None:
    least = 1 if config.operation in ("min", "max") else 2
    if count < least:
        return Code.INVALID_OPERATION, f"{config.operation} takes at least {least} inputs, has {count}"
    if config.operation == "weighted_average" and len(config.weights or ()) != count:
        return Code.INVALID_OPERATION, f"has {len(config.weights or ())} weights for {count} inputs"
    return None


def _controls_problem(config: Controls, count: int) -> tuple[Code, str] | None:
    if count not in (1, 2):
        return Code.INVALID_OPERATION, f"takes 1 or 2 inputs, has {count}"
    if count == 2 and config.mode == "absolute":
        return Code.INVALID_OPERATION, "mode absolute takes 1 input, has 2"
    if config.band is None:
        return None
    if config.is_percent(count):
        if not config.band.lower <= 0 <= config.band.upper:
            return Code.INVALID_NODE_CONFIG, "a band of percentages must contain 0"
    elif config.sharing is None:
        return Code.INVALID_NODE_CONFIG, "a triggerBand of price levels does nothing without spikeSharing"
    return None
