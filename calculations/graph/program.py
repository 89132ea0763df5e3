"""A compiled graph, bound to its index values: runs for one item after the other."""

from __future__ import annotations

from decimal import Decimal, Overflow, localcontext
from typing import Any

from calculations.graph.arithmetic.make import Answers, make_compute
from calculations.graph.arithmetic.values import Compute, Values
from calculations.graph.describe import BASE_PRICE
from calculations.graph.errors import GraphFailed, InvalidGraph, ValueOutOfRange
from calculations.graph.lookups import Found
from calculations.graph.outcome import Outcome
from calculations.graph.plan import Plan
from calculations.graph.problem import Verdict
from calculations.graph.shape import Shape, make_shape
from ingestion.numbers import CONTEXT, LIMIT, cut, dec

_MOST_SHAPES = 1_000
_LOWEST = -LIMIT


class Program:
    """Everything of a graph that does not depend on the item, computed once.

    Nodes that no base price reaches keep their value; the others run for each item, in execution order. A node that
    fails whatever the item runs with them, so that an item always fails at its first failing node.
    """

    def __init__(self, plan: Plan, answers: Answers) -> None:
        self._plan = plan
        self._answers = answers
        self._shapes: dict[tuple[str | None, str | None], Shape | Verdict] = {}
        place = {node_id: number for number, node_id in enumerate(plan.order)}
        self._sources = [[place[source] for source in plan.inputs[node_id]] for node_id in plan.order]
        self._output = place[plan.graph.output]
        self._values: Values = [None] * (len(plan.order) + 1)
        self._texts = [""] * len(plan.order)
        with localcontext(CONTEXT):
            self._live = self._fold()
        self._warnings = [warning for node_id in plan.order if (warning := _warning(plan, answers, node_id))]

    def run(self, *, base_price: Decimal | None, currency: str | None, unit: str | None) -> Outcome:
        """Return the price of an item of this base price, currency and unit; raise `GraphFailed`."""
        shape = self._shape(currency, unit)
        values, texts = self._values.copy(), self._texts.copy()
        values[-1] = base_price
        with localcontext(CONTEXT):
            for place, compute in self._live:
                value = values[place] = self._compute(place, compute, values)
                texts[place] = dec(value)
        steps = shape.steps.copy()
        for place, _ in self._live:
            step = steps[place].copy()
            step["inputs"] = [texts[source] for source in self._sources[place]]
            step["output"] = texts[place]
            if step["description"] is BASE_PRICE:
                step["description"] = BASE_PRICE + texts[place]
            steps[place] = step
        return Outcome(
            value=cut(values[self._output]),
            currency=shape.currency,
            unit=shape.unit,
            values=dict(zip(self._plan.order, texts, strict=True)),
            steps=steps,
            warnings=self._warnings,
        )

    def _compute(self, place: int, compute: Compute, values: Values) -> Decimal:
        """Return a node's value; raise `GraphFailed` if there is none that may be passed on."""
        try:
            value = compute(values)
        except Overflow:
            raise ValueOutOfRange(self._plan.order[place]) from None
        if not _LOWEST < value < LIMIT:
            raise ValueOutOfRange(self._plan.order[place])
        return value

    def _fold(self) -> list[tuple[int, Compute]]:
        """Compute what no item can change, and return the nodes that are left to run."""
        live: list[tuple[int, Compute]] = []
        unsettled: set[int] = set()
        for place, (node_id, sources) in enumerate(zip(self._plan.order, self._sources, strict=True)):
            compute = make_compute(node_id, self._plan.configs[node_id], sources, self._answers)
            varies = self._plan.reads_base_price(node_id) or not unsettled.isdisjoint(sources)
            if varies or not self._settle(place, compute):
                unsettled.add(place)
                live.append((place, compute))
        return live

    def _settle(self, place: int, compute: Compute) -> bool:
        """Keep the value of a node that no item changes; whether it has one."""
        try:
            value = self._values[place] = self._compute(place, compute, self._values)
        except GraphFailed:
            return False
        self._texts[place] = dec(value)
        return True

    def _shape(self, currency: str | None, unit: str | None) -> Shape:
        """Return what items of a currency and unit share; raise `InvalidGraph` if the graph does not fit them."""
        shape = self._shapes.get((currency, unit))
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            shape = make_shape(self._plan, self._answers, self._texts, currency=currency, unit=unit)
            self._shapes[currency, unit] = shape
        if isinstance(shape, Verdict):
            raise InvalidGraph(shape)
        return shape


def _warning(plan: Plan, answers: Answers, node_id: str) -> dict[str, Any] | None:
    """Return the notice that a node uses the value of an earlier day, if it does."""
    key = plan.lookup_of(node_id)
    answer = answers.get(key) if key else None
    if key is None or not isinstance(answer, Found) or not answer.gap_days:
        return None
    return {
        "type": "fill_forward",
        "nodeId": node_id,
        "seriesCode": key.series,
        "gapDays": answer.gap_days,
        "requestedDate": answer.requested_date.isoformat(),
        "actualDate": answer.actual_date.isoformat(),
    }
