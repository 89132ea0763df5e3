"""Computes graphs in the plainest way, from the specification and not from the engine: recursion over the JSON."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, Overflow, localcontext
from functools import cache
from typing import Any

CONTEXT = Context(prec=34)
ZERO = Decimal(0)


class Undefined(Exception):
    """Raised when a node has no value."""


def evaluate(raw: dict[str, Any], base_price: Decimal) -> dict[str, Decimal]:
    """Return the value of each needed node; raise `Undefined`."""
    nodes = {node["id"]: node for node in raw["nodes"]}

    @cache
    def value(node_id: str) -> Decimal:
        node = nodes[node_id]
        inputs = [value(edge["from"]) for edge in raw["edges"] if edge["to"] == node_id]
        try:
            result = +_RULES[node["type"]](node["config"], inputs, base_price)
        except Overflow as error:
            raise Undefined from error
        if abs(result) >= 10**16:
            raise Undefined
        needed[node_id] = result
        return result

    needed: dict[str, Decimal] = {}
    with localcontext(CONTEXT):
        value(raw["output"])
    return needed


def _factor(config: dict[str, Any], inputs: list[Decimal], base_price: Decimal) -> Decimal:
    return base_price if "input" in config else Decimal(config["value"])


def _transform(config: dict[str, Any], inputs: list[Decimal], base_price: Decimal) -> Decimal:
    x, params = inputs[0], config.get("params", {})
    function = config["function"]
    if function == "log":
        return x.ln() if x > 0 else _undefined()
    if function == "sqrt":
        return x.sqrt() if x >= 0 else _undefined()
    if function == "pow":
        exponent = Decimal(str(params["exponent"]))
        if (x == 0 and exponent <= 0) or (x < 0 and exponent % 1 != 0):
            return _undefined()
        return x**exponent
    if function == "percent_change":
        base = Decimal(params["baseValue"])
        return (x - base) / base
    simple: dict[str, Callable[[], Decimal]] = {
        "abs": lambda: abs(x),
        "exp": x.exp,
        "ceil": lambda: x.to_integral_value(ROUND_CEILING),
        "floor": lambda: x.to_integral_value(ROUND_FLOOR),
        "round": lambda: round(x, params.get("decimals", 0)),
    }
    return simple[function]()


def _combine(config: dict[str, Any], inputs: list[Decimal], base_price: Decimal) -> Decimal:
    operation, first = config["operation"], inputs[0]
    if operation == "weighted_average":
        pairs = zip(inputs, config["weights"], strict=True)
        return sum((x * Decimal(weight) for x, weight in pairs), ZERO)
    if operation in ("min", "max"):
        return {"min": min, "max": max}[operation](inputs)
    if operation in ("add", "average"):
        total = sum(inputs, ZERO)
        return total if operation == "add" else total / len(inputs)
    if operation == "divide" and ZERO in inputs[1:]:
        return _undefined()
    for x in inputs[1:]:
        first = {"subtract": first - x, "multiply": first * x, "divide": x and first / x}[operation]
    return first


def _controls(config: dict[str, Any], inputs: list[Decimal], base_price: Decimal) -> Decimal:
    percent = len(inputs) == 2 or config.get("mode") == "percent"
    if not percent:
        return _held(_shared(inputs[0], config), config)
    base = inputs[1] if len(inputs) == 2 else base_price
    if base == 0:
        return _undefined()
    move = (inputs[0] - base) / base * 100
    held = move
    if "triggerBand" in config:
        inside = Decimal(config["triggerBand"]["lower"]) <= move <= Decimal(config["triggerBand"]["upper"])
        held = ZERO if inside else _shared(move, config)
    held = _held(held, config)
    return inputs[0] if held == move else base * (1 + held / 100)


def _shared(value: Decimal, config: dict[str, Any]) -> Decimal:
    if "spikeSharing" not in config:
        return value
    share = Decimal(config["spikeSharing"]["sharePercent"]) / 100
    direction = config["spikeSharing"]["direction"]
    lower, upper = Decimal(config["triggerBand"]["lower"]), Decimal(config["triggerBand"]["upper"])
    if value > upper and direction in ("above", "both"):
        return upper + (value - upper) * share
    if value < lower and direction in ("below", "both"):
        return lower - (lower - value) * share
    return value


def _held(value: Decimal, config: dict[str, Any]) -> Decimal:
    value = min(value, Decimal(config.get("cap", "Infinity")))
    return max(value, Decimal(config.get("floor", "-Infinity")))


def _undefined() -> Decimal:
    raise Undefined


_RULES = {"Factor": _factor, "Transform": _transform, "Combine": _combine, "Controls": _controls}
