"""Lists the prices of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculations.errors import InvalidPage
from calculations.graph.frozen import read_frozen
from calculations.graph.inputs_hash import PricedItem
from calculations.models import CalcBatch, CalcResult
from calculations.services.find import find_batch
from ingestion.numbers import dec
from jobs import timestamp

MOST_ON_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A result with its item as the batch saw it."""

    result: CalcResult
    item: PricedItem

    def as_json(self) -> dict[str, Any]:
        """Return the result as HTTP answers it; prices are texts."""
        result, original = self.result, self.result.original_calculated_price
        return {
            "id": result.pk,
            "itemId": self.item.id,
            "sku": self.item.sku,
            "basePrice": dec(self.item.base_price),
            "baseCurrency": self.item.base_currency,
            "uom": self.item.uom,
            "adjustedPrice": dec(result.adjusted_price),
            "adjustedCurrency": result.adjusted_currency,
            "unit": result.unit,
            "contributions": result.contributions,
            "effectiveDate": result.effective_date.isoformat(),
            "isApproved": result.is_approved,
            "approvedBy": result.approved_by,
            "approvedAt": timestamp(result.approved_at) if result.approved_at else None,
            "isOverridden": result.is_overridden,
            "originalCalculatedPrice": None if original is None else dec(original),
            "overrideReason": result.override_reason,
            "overriddenBy": result.overridden_by,
            "overriddenAt": timestamp(result.overridden_at) if result.overridden_at else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """One page of a batch's results."""

    prices: list[Price]
    total: int
    page: int
    page_size: int

    @property
    def total_pages(self) -> int:
        """Return the number of pages, 0 for a batch without results."""
        return -(-self.total // self.page_size)

    def as_json(self) -> dict[str, Any]:
        """Return the page as HTTP answers it."""
        return {
            "results": [price.as_json() for price in self.prices],
            "total": self.total,
            "page": self.page,
            "pageSize": self.page_size,
            "totalPages": self.total_pages,
        }


def batch_results(*, tenant_id: str, batch_id: str, page: int = 1, page_size: int = 100) -> PriceList:
    """Return a page of results, oldest first; raises `BatchNotFound`, `TenantMismatch` and `InvalidPage`."""
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id)
    if page < 1 or not 1 <= page_size <= MOST_ON_PAGE:
        raise InvalidPage(page, page_size, MOST_ON_PAGE)
    rows = CalcResult.objects.filter(batch=batch)
    first = (page - 1) * page_size
    shown = list(rows.order_by("created_at", "item_id")[first : first + page_size])
    items = frozen_items(batch) if shown else {}
    return PriceList(
        prices=[Price(result=result, item=items[result.item_id]) for result in shown],
        total=rows.count(),
        page=page,
        page_size=page_size,
    )


def frozen_items(batch: CalcBatch) -> dict[str, PricedItem]:
    """Return the batch's items by id, with the base prices they were calculated from."""
    return {item.id: item for item in read_frozen(batch.frozen_inputs).items}
