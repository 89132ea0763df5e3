"""Calculates the prices of a page's items; touches no row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from calculations.graph.errors import GraphFailed
from calculations.graph.inputs_hash import PricedItem
from calculations.graph.outcome import Outcome
from calculations.models import CalcBatch, CalcResult
from calculations.services.open_work import Work


@dataclass(slots=True)
class Page:
    """What came of the items: results to store, errors and warnings as the batch keeps them.

    `taken` counts the items that are settled, from the first; it is less than all if the page stopped at an error.
    """

    results: list[CalcResult] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    taken: int = 0


def calculate_page(
    work: Work, items: Sequence[PricedItem], *, has_result: Mapping[str, bool], stop_on_error: bool, now: datetime
) -> Page:
    """Return what comes of the items; those that have a result are passed over, those that are gone fail."""
    page = Page()
    for item in items:
        page.taken += 1
        if item.id not in has_result:
            page.errors.append(_error(item, "ITEM_NOT_FOUND", f"Item not found: {item.id}"))
        elif not has_result[item.id]:
            _calculate(work, item, page, now)
        if stop_on_error and page.errors:
            break
    return page


def _calculate(work: Work, item: PricedItem, page: Page, now: datetime) -> None:
    try:
        outcome = work.inputs.program.run(base_price=item.base_price, currency=item.base_currency, unit=item.uom)
    except GraphFailed as error:
        page.errors.append(_error(item, error.code, error.message))
        return
    page.results.append(_result(work.batch, item, outcome, now))
    page.warnings.extend(warning | {"itemId": item.id} for warning in outcome.warnings)


def _error(item: PricedItem, code: str, message: str) -> dict[str, Any]:
    return {"itemId": item.id, "sku": item.sku, "code": code, "message": message}


def _result(batch: CalcBatch, item: PricedItem, outcome: Outcome, now: datetime) -> CalcResult:
    return CalcResult(
        tenant_id=batch.tenant_id,
        batch_id=batch.pk,
        item_id=item.id,
        adjusted_price=outcome.value,
        adjusted_currency=outcome.currency,
        unit=outcome.unit,
        contributions=outcome.contributions,
        effective_date=batch.as_of_date,
        created_at=now,
    )
