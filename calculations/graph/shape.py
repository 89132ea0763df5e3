"""What all items of one currency and unit share: the graph fits them or not, and the frame of each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calculations.graph.arithmetic.make import Answers
from calculations.graph.describe import describe, operation_of
from calculations.graph.dimensions import derive
from calculations.graph.plan import Plan
from calculations.graph.problem import Verdict
from calculations.graph.units import Dimension, item_dimensions

DEFAULT_CURRENCY = "USD"
DEFAULT_UNIT = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The result's currency and unit, and the steps, complete for nodes that no item changes."""

    currency: str
    unit: str
    steps: list[dict[str, Any]]


def make_shape(
    plan: Plan, answers: Answers, texts: Sequence[str], *, currency: str | None, unit: str | None
) -> Shape | Verdict:
    """Return the shape of items of a currency and unit, or why the graph does not fit them.

    `texts` are the values known so far. What the output leaves open comes from the item, else from the graph's
    metadata, else the defaults.
    """
    derived = derive(plan, item_dimensions(currency, unit))
    if derived.problems:
        return Verdict(errors=tuple(derived.problems))
    types = {node.id: node.type for node in plan.graph.nodes}
    known = dict(zip(plan.order, texts, strict=True))
    steps = [
        {
            "nodeId": node_id,
            "type": types[node_id],
            "operation": operation_of(plan.configs[node_id]),
            "inputs": [known[source] for source in plan.inputs[node_id]],
            "output": known[node_id],
            "currency": _named(derived.of_node[node_id].currency),
            "unit": _named(derived.of_node[node_id].unit),
            "description": describe(plan.configs[node_id], answers),
        }
        for node_id in plan.order
    ]
    output = derived.of_node[plan.graph.output]
    return Shape(
        currency=_named(output.currency) or currency or plan.graph.base_currency or DEFAULT_CURRENCY,
        unit=_named(output.unit) or unit or plan.graph.base_unit or DEFAULT_UNIT,
        steps=steps,
    )


def _named(dimension: Dimension) -> str | None:
    """Return the name of a currency or unit, if it has one."""
    return dimension if isinstance(dimension, str) else None
