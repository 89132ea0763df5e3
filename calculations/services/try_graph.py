"""Tries a graph on one item and day; stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from calculations.errors import ItemNotFound, SeveralItems
from calculations.graph.errors import GraphFailed, InvalidGraph
from calculations.graph.outcome import Outcome
from calculations.graph.problem import Verdict
from calculations.graph.waterfall import Segment, waterfall
from calculations.models import Item
from calculations.services.judge_graph import compile_for_tenant
from calculations.services.resolve_lookups import resolve_lookups


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a graph makes of an item: a price and how it came about, or why there is none."""

    item: Item
    verdict: Verdict
    outcome: Outcome | None = None
    segments: tuple[Segment, ...] = ()
    failure: GraphFailed | None = None


def try_graph(*, tenant_id: str, graph: dict[str, Any], item: Item, as_of_date: date, version_preference: str) -> Trial:
    """Run a graph, saved or not, as a batch would; two queries for each index value it asks for."""
    try:
        compiled = compile_for_tenant(tenant_id=tenant_id, graph=graph)
    except InvalidGraph as error:
        return Trial(item=item, verdict=error.verdict)
    answers = resolve_lookups(
        tenant_id=tenant_id,
        keys=compiled.lookup_keys,
        as_of_date=as_of_date,
        version_preference=version_preference,
    )
    try:
        outcome = compiled.bind(answers).run(base_price=item.base_price, currency=item.base_currency, unit=item.uom)
    except InvalidGraph as error:  # it does not fit the item's currency or unit
        return Trial(item=item, verdict=error.verdict)
    except GraphFailed as error:
        return Trial(item=item, verdict=compiled.verdict, failure=error)
    segments = waterfall(graph=graph, contributions=outcome.contributions, base_price=item.base_price)
    return Trial(item=item, verdict=compiled.verdict, outcome=outcome, segments=tuple(segments))


def find_item_to_try(*, tenant_id: str, pam_id: str | None, text: str) -> Item:
    """Return the tenant's item of this id or SKU, of several the one that the PAM prices.

    Raises `ItemNotFound`, and `SeveralItems` if a SKU alone does not tell them apart.
    """
    items = Item.objects.filter(tenant_id=tenant_id)
    found = list(items.filter(pk=text)) or list(items.filter(sku=text)[:100])
    if len(found) > 1 and pam_id:
        found = [item for item in found if item.pam_id == pam_id] or found
    if len(found) > 1:
        raise SeveralItems(text, [item.pk for item in found])
    if not found:
        raise ItemNotFound(text)
    return found[0]
