"""New values start the batches that a mechanism wants: what a schedule of a feed leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from calculations.models import PAM, CalcBatch, OnNewValues
from calculations.payloads import Recalculate
from calculations.services.create_batch import create_batch
from calculations.services.recalculate import recalculate
from ingestion.models import Feed, IngestionRun
from ingestion.payloads import FetchFeed
from ingestion.services.upload import upload_csv
from jobs import Tenant
from jobs.models import Job, Schedule
from jobs.services.fire import fire_due
from jobs.services.schedules import keep
from jobs.testing import drain
from tests.calculations.graphs import of_series
from tests.ingestion.rows import make_series

MakePam = Callable[..., PAM]
HEAD = "seriesCode,asOfDate,value,versionTag\n"


@pytest.fixture
def wti(tenant: Tenant) -> None:
    """Store a series with a value a day from 15 to 17 January 2024."""
    make_series(tenant, "WTI", {"values": [[f"2024-01-{day}", "FINAL", "1.1"] for day in (15, 16, 17)]})
    make_series(tenant, "HRC")


def load(tenant: Tenant, *rows: str) -> IngestionRun:
    run = upload_csv(tenant_id=tenant.pk, content=HEAD + "\n".join(rows) + "\n")
    drain()
    return run


def batches() -> list[str]:
    return [str(day) for day in CalcBatch.objects.order_by("as_of_date", "pk").values_list("as_of_date", flat=True)]


@pytest.mark.parametrize(
    ("wanted", "days"),
    [
        (OnNewValues.NOTHING, ["2024-01-15", "2024-01-16"]),
        (OnNewValues.LATEST, ["2024-01-15", "2024-01-16", "2024-01-17"]),
        (OnNewValues.ALL, ["2024-01-15", "2024-01-16", "2024-01-16", "2024-01-17"]),
    ],
)
def test_batches_whose_series_changed_run_as_the_mechanism_wants(
    tenant: Tenant, priced: MakePam, wti: None, wanted: str, days: list[str]
) -> None:
    pam = priced("100", graph=of_series())
    for day in (15, 16):
        create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=date(2024, 1, day))
    PAM.objects.update(on_new_values=wanted)

    load(tenant, "WTI,2024-01-16,2,FINAL", "WTI,2024-01-17,2,FINAL")

    assert batches() == days
    assert set(CalcBatch.objects.values_list("status", flat=True)) == {"COMPLETED"}


def test_values_of_other_series_and_equal_values_start_nothing(tenant: Tenant, priced: MakePam, wti: None) -> None:
    priced("100", graph=of_series())
    PAM.objects.update(on_new_values=OnNewValues.ALL)

    load(tenant, "HRC,2024-01-15,5,FINAL", "WTI,2024-01-15,1.1,FINAL")

    assert batches() == []


def test_the_same_load_starts_its_batches_once(tenant: Tenant, priced: MakePam, wti: None) -> None:
    priced("100", graph=of_series())
    PAM.objects.update(on_new_values=OnNewValues.ALL)
    run = load(tenant, "WTI,2024-01-17,3,FINAL")

    again = recalculate(tenant_id=tenant.pk, ingestion_id=run.pk)

    assert again == []
    assert batches() == ["2024-01-17"]


def test_another_tenants_load_starts_nothing(tenant: Tenant, priced: MakePam, wti: None) -> None:
    priced("100", graph=of_series())
    PAM.objects.update(on_new_values=OnNewValues.ALL)
    run = load(tenant, "WTI,2024-01-17,3,FINAL")
    CalcBatch.objects.all().delete()

    assert recalculate(tenant_id="other", ingestion_id=run.pk) == []


def test_a_schedule_fetches_a_folder_and_prices_what_changed(
    tenant: Tenant, priced: MakePam, wti: None, tmp_path: Any, settings: Any
) -> None:
    settings.INGESTION = {"feed_folder": str(tmp_path)}
    (tmp_path / "oil").mkdir()
    (tmp_path / "oil" / "new.csv").write_text(f"{HEAD}WTI,2024-01-18,4,FINAL\n")
    priced("100", graph=of_series())
    PAM.objects.update(on_new_values=OnNewValues.LATEST)
    feed = Feed.objects.create(tenant=tenant, name="f", location="oil")
    payload = FetchFeed(tenant_id=tenant.pk, feed_id=feed.pk).as_json()
    schedule = keep(Schedule(name="oil", tenant=tenant.pk, actor="fetch-feed", payload=payload, cron="0 6 * * *"))
    assert schedule.next_at

    for day in range(2):  # the second day brings nothing new
        fire_due(now=schedule.next_at + timedelta(days=day))
        drain()

    assert batches() == ["2024-01-18"]
    assert Job.objects.filter(actor="fetch-feed", state="completed").count() == 2
    assert Job.objects.filter(actor=Recalculate.actor().actor_name).count() == 1
