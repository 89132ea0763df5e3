"""Reads the priced items of a batch, in report order and a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from calculations.graph.frozen import read_frozen
from calculations.graph.inputs_hash import PricedItem
from calculations.graph.waterfall import waterfall
from calculations.models import CalcBatch, CalcResult
from reports.pricemath.values import Move, ReportItem, Step

AT_ONCE = 200


_COLUMNS = (
    "pk", "item__name", "item__contract__name", "adjusted_price", "adjusted_currency", "unit", "contributions",
    "is_approved", "is_overridden", "override_reason", "original_calculated_price",
)  # fmt: skip


def read_items(batch: CalcBatch, *, item_id: str | None = None, moves: bool = True) -> Iterator[ReportItem]:
    """Yield the items that have a result, or the one named, as the batch saw them.

    Prices, units and SKUs are the frozen ones; names are today's. In memory are the frozen inputs, the order of the
    items, and one page of results. Without `moves` they are not computed: only the PDF draws them.
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
    for start in range(0, len(keys), AT_ONCE):
        page = keys[start : start + AT_ONCE]
        results = CalcResult.objects.filter(pk__in=[pk for *_, pk in page]).values(
            *_COLUMNS
        )  # rows cost half of models
        found = {result["pk"]: result for result in results}
        for *_, key, pk in page:
            yield _read_item(found[pk], frozen[key], inputs.graph if moves else None, warnings)


def _read_item(
    result: Mapping[str, Any], frozen: PricedItem, graph: dict[str, Any] | None, warnings: dict[str, str]
) -> ReportItem:
    """Return one item's prices and how they came to be; its moves if there is a graph to follow."""
    contributions = result["contributions"]
    steps = contributions["steps"]
    way = waterfall(graph=graph, contributions=contributions, base_price=frozen.base_price) if graph else ()
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
        steps=tuple(
            Step(operation=step["operation"], description=step["description"], output=step["output"]) for step in steps
        ),
        is_approved=result["is_approved"],
        is_overridden=result["is_overridden"],
        override_reason=result["override_reason"],
        original_price=result["original_calculated_price"],
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
