"""How results are listed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from calculations.errors import BatchNotFound, InvalidPage, TenantMismatch
from calculations.models import CalcBatch, Item
from calculations.services.batch_results import batch_results
from calculations.services.execute_batch import execute_batch

Queue = Callable[..., CalcBatch]


@pytest.fixture
def batch(queued: Queue) -> CalcBatch:
    """Hand out a completed batch of five prices, calculated in pages of two."""
    made = queued("1", "2", "3", "4", "5")
    execute_batch(tenant_id="t1", batch_id=made.pk, page_size=2)
    return made


def test_pages_cover_the_results_in_order(batch: CalcBatch) -> None:
    pages = [batch_results(tenant_id="t1", batch_id=batch.pk, page=page, page_size=2) for page in (1, 2, 3, 4)]

    assert [[price.item.id for price in page.prices] for page in pages] == [["i1", "i2"], ["i3", "i4"], ["i5"], []]
    assert {(page.total, page.total_pages) for page in pages} == {(5, 3)}


def test_a_result_shows_its_item_as_it_was_calculated(batch: CalcBatch) -> None:
    Item.objects.filter(pk="i1").update(base_price=Decimal(9), base_currency="EUR", uom="kg", sku="new")

    shown = batch_results(tenant_id="t1", batch_id=batch.pk).as_json()["results"][0]

    assert {key: shown[key] for key in ("itemId", "sku", "basePrice", "baseCurrency", "uom")} == {
        "itemId": "i1",
        "sku": "SKU-i1",
        "basePrice": "1",
        "baseCurrency": "USD",
        "uom": "MT",
    }
    assert (shown["adjustedPrice"], shown["isApproved"], shown["originalCalculatedPrice"]) == ("1.15", False, None)


def test_a_batch_without_results_has_no_pages(queued: Queue) -> None:
    page = batch_results(tenant_id="t1", batch_id=queued("1").pk)

    assert page.as_json() == {"results": [], "total": 0, "page": 1, "pageSize": 100, "totalPages": 0}


@pytest.mark.parametrize(("page", "page_size"), [(0, 100), (1, 0), (1, 1001), (-1, 5)])
def test_a_page_that_cannot_be_is_refused(batch: CalcBatch, page: int, page_size: int) -> None:
    with pytest.raises(InvalidPage):
        batch_results(tenant_id="t1", batch_id=batch.pk, page=page, page_size=page_size)


def test_results_of_another_tenant_are_not_shown(batch: CalcBatch) -> None:
    with pytest.raises(TenantMismatch):
        batch_results(tenant_id="t2", batch_id=batch.pk)
    with pytest.raises(BatchNotFound):
        batch_results(tenant_id="t1", batch_id="nope")
