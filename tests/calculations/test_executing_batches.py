"""How a batch is worked through."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calculations.errors import BatchNotFound, BatchNotRunnable, TenantMismatch
from calculations.models import BatchStatus, CalcBatch, CalcChunk, CalcResult, Item
from calculations.services.batch_status import batch_status
from calculations.services.cancel_batch import cancel_batch
from calculations.services.execute_batch import execute_batch
from jobs import Tenant
from tests.calculations.graphs import graph, node, of_series
from tests.ingestion.rows import make_series

Queue = Callable[..., CalcBatch]

QUOTIENT = graph(
    node("k", "Factor", value=1000),
    node("base", "Factor", input="basePrice"),
    node("q", "Combine", operation="divide"),
    edges="k>q base>q",
)


def execute(batch: CalcBatch, **options: Any) -> dict[str, Any]:
    return execute_batch(tenant_id=batch.tenant_id, batch_id=batch.pk, **options).as_json()


def prices(batch: CalcBatch) -> dict[str, Decimal]:
    return dict(CalcResult.objects.filter(batch=batch).values_list("item_id", "adjusted_price"))


def test_a_batch_ends_completed_with_a_result_for_each_item(queued: Queue) -> None:
    batch = queued("100", "110", "120")

    report = execute(batch)

    assert (report["status"], report["itemsProcessed"], report["itemsSucceeded"]) == ("COMPLETED", 3, 3)
    assert report["startedAt"] <= report["completedAt"]
    assert prices(batch) == {"i1": 115, "i2": Decimal("126.5"), "i3": 138}
    result = CalcResult.objects.get(item_id="i1")
    assert result.contributions["values"] == {"base": "100", "m": "1.15", "price": "115"}
    assert (result.effective_date, result.adjusted_currency, result.unit) == (batch.as_of_date, "USD", "MT")


def test_progress_is_the_share_of_items_after_each_page(queued: Queue) -> None:
    progress: list[int] = []
    pages: list[int] = []

    execute(queued("1", "2", "3", "4", "5", "6", "7"), page_size=3, on_progress=progress.append, on_page=pages.append)

    assert progress == [42, 85, 100]
    assert pages == [1, 2, 3]


def test_items_that_fail_are_data_and_the_batch_goes_on(queued: Queue) -> None:
    batch = queued("100", "0", "120", "0", graph=QUOTIENT)

    report = execute(batch, page_size=2)

    batch.refresh_from_db()
    assert (report["status"], report["itemsSucceeded"], report["itemsFailed"]) == ("COMPLETED", 2, 2)
    assert report["error"] == "Division by zero in node q"
    assert batch.item_errors == [
        {"itemId": name, "sku": f"SKU-{name}", "code": "DIVISION_BY_ZERO", "message": "Division by zero in node q"}
        for name in ("i2", "i4")
    ]


def test_without_continuing_the_first_failing_item_ends_the_batch(queued: Queue) -> None:
    batch = queued("100", "0", "120", "0", graph=QUOTIENT)

    report = execute(batch, continue_on_error=False)

    assert (report["status"], report["itemsSucceeded"], report["itemsFailed"]) == ("FAILED", 1, 1)
    assert prices(batch) == {"i1": 10}


def test_a_completed_batch_is_left_as_it_is(queued: Queue, news: list[Any]) -> None:
    batch = queued("100")
    first = execute(batch)
    CalcResult.objects.update(adjusted_price=Decimal(7))

    assert execute(batch) == first
    assert prices(batch) == {"i1": 7}
    assert len(news) == 1


def test_a_batch_that_was_left_running_goes_on_where_it_stopped(queued: Queue) -> None:
    class Killed(BaseException):
        """Stands for a process that ends between two pages."""

    def die(page: int) -> None:
        if page == 3:
            raise Killed

    batch = queued("1", "2", "3", "4", "5")
    with pytest.raises(Killed):
        execute(batch, page_size=2, on_page=die)
    before = batch_status(tenant_id=batch.tenant_id, batch_id=batch.pk)
    CalcResult.objects.update(unit="kept")

    report = execute(batch, page_size=2)

    assert (before.status, before.items_processed, before.percent) == ("RUNNING", 4, 80)
    assert (report["status"], report["itemsSucceeded"]) == ("COMPLETED", 5)
    assert CalcResult.objects.filter(unit="kept").count() == 4


def test_items_that_have_a_result_are_passed_over(queued: Queue) -> None:
    batch = queued("1", "2", "3")
    execute(batch)
    CalcResult.objects.update(unit="kept")
    CalcBatch.objects.update(status=BatchStatus.RUNNING)
    CalcChunk.objects.update(position=0)

    report = execute(batch)

    assert (report["status"], report["itemsSucceeded"]) == ("COMPLETED", 3)
    assert CalcResult.objects.filter(unit="kept").count() == 3


def test_a_cancel_stops_the_batch_before_its_next_page(queued: Queue, news: list[Any]) -> None:
    batch = queued("1", "2", "3", "4", "5")

    def cancel(page: int) -> None:
        if page == 2:
            cancel_batch(tenant_id="t1", batch_id=batch.pk)

    report = execute(batch, page_size=2, on_page=cancel)

    assert (report["status"], report["error"], report["itemsSucceeded"]) == ("FAILED", "Cancelled by user", 2)
    assert len(prices(batch)) == 2
    assert news == []


def test_a_cancel_keeps_what_failed_before_it(queued: Queue) -> None:
    batch = queued("0", "1", "2", graph=QUOTIENT)

    def cancel(page: int) -> None:
        if page == 2:
            cancel_batch(tenant_id="t1", batch_id=batch.pk)

    execute(batch, page_size=1, on_page=cancel)

    batch.refresh_from_db()
    assert [error["itemId"] for error in batch.item_errors] == ["i1"]
    assert batch.error == "Cancelled by user"


def test_a_failed_batch_is_not_run_without_a_retry(queued: Queue) -> None:
    batch = queued("100")
    cancel_batch(tenant_id="t1", batch_id=batch.pk)

    with pytest.raises(BatchNotRunnable):
        execute(batch)


def test_a_call_for_an_earlier_run_does_nothing(queued: Queue) -> None:
    batch = queued("100")
    CalcBatch.objects.update(run=2)

    with pytest.raises(BatchNotRunnable):
        execute(batch, run=1)

    assert batch_status(tenant_id="t1", batch_id=batch.pk).status == "QUEUED"


def test_an_item_that_was_deleted_meanwhile_fails_like_any_other(queued: Queue) -> None:
    batch = queued("100", "110")
    Item.objects.filter(pk="i1").delete()

    report = execute(batch)

    batch.refresh_from_db()
    assert (report["status"], report["itemsSucceeded"], report["itemsFailed"]) == ("COMPLETED", 1, 1)
    assert batch.item_errors[0]["code"] == "ITEM_NOT_FOUND"


def test_warnings_name_the_items_and_the_first_thousand_are_kept(tenant: Tenant, queued: Queue, settings: Any) -> None:
    settings.CALCULATIONS = {"kept_warnings": 3}
    make_series(tenant, "WTI", {"values": [["2024-01-12", "FINAL", "75.5"]]})

    report = execute(queued("1", "2", "3", "4", "5", graph=of_series()), page_size=2)

    assert [warning["itemId"] for warning in report["warnings"]] == ["i1", "i2", "i3"]
    assert report["warnings"][0] == {
        "type": "fill_forward",
        "nodeId": "s",
        "seriesCode": "WTI",
        "gapDays": 3,
        "requestedDate": "2024-01-15",
        "actualDate": "2024-01-12",
        "itemId": "i1",
    }


def test_the_end_is_announced_and_audited_once(tenant: Tenant, queued: Queue, news: list[Any]) -> None:
    batch = queued("100", "0", graph=QUOTIENT)

    execute(batch)

    (heard,) = news
    assert (heard["type"], heard["tenant"]) == ("calc.batch.completed", "t1")
    assert heard["key"] == f"calc.batch.completed:{batch.pk}:1"
    assert heard["facts"].pop("executionTimeMs") >= 0
    assert list(heard["facts"].items()) == [
        ("batchId", batch.pk),
        ("pamId", batch.pam_id),
        ("pamName", batch.pam.name),
        ("asOfDate", "2024-01-15"),
        ("status", "COMPLETED"),
        ("itemCount", 1),
        ("errorCount", 1),
        ("errorMessage", "Division by zero in node q"),
    ]
    entry = tenant.audit_logs.get(action="CALCULATE")
    assert (entry.entity_id, entry.correlation_id) == (batch.pk, batch.correlation_id)
    assert entry.metadata is not None
    assert entry.metadata["itemsFailed"] == 1


def test_a_page_costs_the_same_statements_however_many_items_it_has(queued: Queue) -> None:
    counts = []
    for number in (3, 40):
        batch = queued(*["1"] * number, prefix=f"batch{number}-")
        with CaptureQueriesContext(connection) as captured:
            execute(batch, page_size=100)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_batch_of_another_tenant_is_not_touched(queued: Queue) -> None:
    batch = queued("100")

    with pytest.raises(TenantMismatch):
        execute_batch(tenant_id="t2", batch_id=batch.pk)
    with pytest.raises(BatchNotFound):
        execute_batch(tenant_id="t1", batch_id="nope")

    assert batch_status(tenant_id="t1", batch_id=batch.pk).status == "QUEUED"
