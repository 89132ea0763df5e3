"""What a report reads of a batch."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calculations.models import CalcBatch, Item
from calculations.services.override import override
from reports.services import read_items as module
from reports.services.read_items import Depth, read_items
from reports.services.summarise import summarise
from tests.reports.conftest import MakeBatch, approved


def test_an_item_has_its_prices_its_steps_and_its_way(priced: CalcBatch) -> None:
    item = next(read_items(priced))

    assert (item.sku, item.item_name, item.contract_name) == ("SKU-i1", "Item i1", "Contract c1")
    assert (item.base_text, item.base_unit, item.adjusted_text) == ("100.00", "MT", "115.50")
    assert [step.output for step in item.steps] == ["100", "1.155", "115.5"]
    assert item.steps[1].description == "Factor: WTI value = 1.155 (filled from 2024-01-13)"
    assert sum(move.delta for move in item.moves) == Decimal("15.5")
    assert item.warnings == ("WTI has no value on 2024-01-15; the one of 2024-01-13 is used, 2 days earlier",)


def test_items_come_in_the_order_of_code_points_over_pages(
    calculated: MakeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    batch = calculated("1", "2", "3", "4", "5")
    skus = {item["id"]: item["sku"] for item in batch.frozen_inputs["items"]}

    assert [item.sku for item in read_items(batch)] == sorted(skus.values())


def test_later_changes_of_base_price_and_sku_do_not_reach_the_report(priced: CalcBatch) -> None:
    Item.objects.filter(pk="i1").update(base_price=Decimal(999), sku="OTHER", uom="kg")

    item = next(read_items(priced, item_id="i1"))

    assert (item.sku, item.base_text, item.base_unit) == ("SKU-i1", "100.00", "MT")


def test_an_override_is_told_with_the_calculated_price(priced: CalcBatch) -> None:
    approved(priced)
    override(tenant_id="t1", batch_id=priced.pk, item_id="i2", override_price="230", reason="Agreed", user_id="jane")

    (item,) = read_items(priced, item_id="i2")

    assert (item.is_approved, item.is_overridden, item.override_reason) == (True, True, "Agreed")
    assert (item.adjusted_text, item.original_text) == ("230.00", "231.00")


def test_the_number_of_queries_does_not_grow_with_the_items_of_a_page(calculated: MakeBatch) -> None:
    batch = calculated(*map(str, range(1, 41)))

    with CaptureQueriesContext(connection) as captured:
        assert len(list(read_items(batch))) == 40

    assert len(captured) == 3  # frozen inputs, order, one page


def test_steps_are_counted_without_being_read(priced: CalcBatch) -> None:
    items = list(read_items(priced, depth=Depth.COUNT))

    assert [(item.steps, item.step_count) for item in items] == [((), 3), ((), 3)]


def test_the_summary_tells_the_latest_approval(priced: CalcBatch) -> None:
    before = summarise(priced)
    approved(priced)
    after = summarise(priced)

    assert (before.approved_by, before.is_approved) == (None, False)
    assert (after.approved_by, after.is_approved) == ("jane", True)
    assert (after.items_total, after.items_failed, after.pam_version) == (2, 0, 1)
