"""Reads the priced items of a batch, in report order and a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from calculations.graph.frozen import read_frozen
from calculations.graph.inputs_hash import PricedItem
from calculations.graph.waterfall import waterfall
from calculations.models import CalcBatch, CalcResult
from reports.pricemath.values import Move, ReportItem, Step
from reports.services.step_count import StepCount

AT_ONCE = 200
AT_ONCE_BRIEF = 2_000
"""Rows without their steps are a tenth of the size."""

_COLUMNS = (
    "pk", "item__name", "item__contract__name", "adjusted_price", "adjusted_currency", "unit",
    "is_approved", "is_overridden", "override_reason", "original_calculated_price",
)  # fmt: skip


class Depth(Enum):
    """How much of an item's steps is read: their number, themselves, or also how each moved the price."""

    COUNT = "count"
    STEPS = "steps"
    MOVES = "moves"


def read_items(batch: CalcBatch, *, item_id: str | None = None, depth: Depth = Depth.MOVES) -> Iterator[ReportItem]:
    """Yield the items that have a result, or the one named, as the batch saw them.

    Prices, units and SKUs are the frozen ones; names are today's. In memory are the frozen inputs, the order of the
    items, and one page of results.
    """
    inputs = read_frozen(batch.frozen_inputs)
    frozen = {item.id: item for item in inputs.items}
    warnings = _warnings(batch)
    rows = batch.results.all() if item_id is None else batch.results.filter(item_id=item_id)
    keys = [
        (frozen[key].sku, contract, key, pk)
        for key, contract, pk in rows.values_list("item", "item__contract__name", "pk")
    ]
    keys.sort()  # by code point, which the database's collation need not do
    at_once = AT_ONCE_BRIEF if depth is Depth.COUNT else AT_ONCE
    for start in range(0, len(keys), at_once):
        page = keys[start : start + at_once]
        found = _read_page([pk for *_, pk in page], depth)
        for *_, key, pk in page:
            item = _read_item(found[pk], frozen[key])
            if depth is Depth.COUNT:
                yield replace(item, counted_steps=found[pk]["step_count"])
            else:
                yield _with_steps(item, found[pk]["contributions"], inputs.graph, warnings, depth)


def _read_page(keys: list[str], depth: Depth) -> dict[str, dict[str, Any]]:
    """Return the results of a page as rows, which cost half of what models do."""
    results = CalcResult.objects.filter(pk__in=keys)
    if depth is Depth.COUNT:
        rows = results.values(*_COLUMNS, step_count=StepCount("contributions"))
    else:
        rows = results.values(*_COLUMNS, "contributions")
    return {row["pk"]: row for row in rows}


def _read_item(result: Mapping[str, Any], frozen: PricedItem) -> ReportItem:
    """Return one item's prices."""
    return ReportItem(
        item_id=frozen.id,
        sku=frozen.sku,
        item_name=result["item__name"],
        contract_name=result["item__contract__name"],
        base_price=frozen.base_price,
        base_currency=frozen.base_currency,
        base_unit=frozen.uom,
        adjusted_price=result["adjusted_price"],
        adjusted_currency=result["adjusted_currency"],
        adjusted_unit=result["unit"],
        is_approved=result["is_approved"],
        is_overridden=result["is_overridden"],
        override_reason=result["override_reason"],
        original_price=result["original_calculated_price"],
    )


def _with_steps(
    item: ReportItem, contributions: dict[str, Any], graph: dict[str, Any], warnings: dict[str, str], depth: Depth
) -> ReportItem:
    """Return the item with how its price came to be; its moves only where somebody draws them."""
    steps = contributions["steps"]
    way = (
        waterfall(graph=graph, contributions=contributions, base_price=item.base_price) if depth is Depth.MOVES else ()
    )
    return replace(
        item,
        steps=tuple(
            Step(operation=step["operation"], description=step["description"], output=step["output"]) for step in steps
        ),
        moves=tuple(Move(name=segment.node_id, delta=segment.delta) for segment in way),
        warnings=tuple(warnings[step["nodeId"]] for step in steps if step["nodeId"] in warnings),
    )


def _warnings(batch: CalcBatch) -> dict[str, str]:
    """Return the fill-forward notices by node: all items share the batch's lookups, and it keeps only the first."""
    return {notice["nodeId"]: _notice(notice) for notice in batch.warnings if notice["type"] == "fill_forward"}


def _notice(notice: dict[str, Any]) -> str:
    days = f"{notice['gapDays']} day{'' if notice['gapDays'] == 1 else 's'}"
    return (
        f"{notice['seriesCode']} has no value on {notice['requestedDate']}; "
        f"the one of {notice['actualDate']} is used, {days} earlier"
    )
