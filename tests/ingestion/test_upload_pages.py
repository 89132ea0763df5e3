"""The analyst's upload: a preview of good and bad rows, the load, its progress."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ingestion.models import IndexSeries, IndexValue, IngestionRun
from ingestion.services.progress import start_run
from ingestion.services.run import run_ingestion
from jobs import Tenant
from tests.ingestion.rows import make_series

HEADER = "seriesCode,asOfDate,value,versionTag"
ROWS = ("WTI,2024-01-15,75.5,FINAL", "WTI,2024-01-16,76.25,FINAL", "WTI,30.02.2024,1,FINAL", "GOLD,2024-01-15,1,FINAL")


@pytest.fixture
def analyst(admin_client: Client, settings: Any, jobs_without_redis: None) -> Client:
    """Hand out a signed-in person, on pages served by plain http without collected files."""
    settings.SECURE_SSL_REDIRECT = False
    return admin_client


def send(analyst: Client, page: str, tenant: Tenant, content: str | bytes, **form: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("prices.csv", data, content_type="text/csv")
    url = reverse(f"admin:ingestion_ingestionrun_{page}")
    return analyst.post(url, {"tenant": tenant.pk, "file": file, **form}, follow=True)


def text(*rows: str) -> str:
    return "\n".join([HEADER, *rows])


def test_a_preview_shows_good_and_bad_rows_and_stores_nothing(analyst: Client, tenant: Tenant) -> None:
    make_series(tenant, "WTI", {"values": []})

    shown = send(analyst, "preview", tenant, text(*ROWS)).content.decode()

    assert "2 good" in shown
    assert "2 bad" in shown
    assert "Invalid date: 30.02.2024" in shown
    assert "Series not found: GOLD" in shown
    assert "76.25" in shown
    assert not IngestionRun.objects.exists()
    assert not IndexValue.objects.exists()


def test_a_preview_counts_as_the_load_does(analyst: Client, tenant: Tenant) -> None:
    make_series(tenant, "WTI", {"values": []})
    make_series(tenant, "EURUSD", {"values": [], "dataType": "FX"})
    rows = [*ROWS, "EURUSD,2024-01-15,-1,FINAL", "EURUSD,2023-01-15,1.1,FINAL", "x"]
    form = {"start_date": "2024-01-01", "create_missing_series": "on"}

    shown = send(analyst, "preview", tenant, text(*rows), **form).content.decode()
    send(analyst, "upload", tenant, text(*rows), **form)
    run = run_ingestion(run_id=IngestionRun.objects.get().pk)

    assert (run.upserted_count, run.error_count, run.filtered_count) == (3, 3, 1)
    assert "3 good" in shown
    assert "3 bad" in shown
    assert "1 left out" in " ".join(shown.split())
    assert "GOLD (new)" in shown


@pytest.mark.parametrize(
    ("content", "code"), [("  ", "EMPTY_CSV"), (b"\xff", "INVALID_CSV"), ("a,b\n", "INVALID_HEADER")]
)
def test_a_file_that_cannot_be_read_is_told_before_it_is_loaded(
    analyst: Client, tenant: Tenant, content: str | bytes, code: str
) -> None:
    assert code in send(analyst, "preview", tenant, content).content.decode()


def test_a_file_over_the_limit_is_refused_beside_its_field(analyst: Client, tenant: Tenant, settings: Any) -> None:
    settings.INGESTION = {"max_csv_bytes": 10}

    page = send(analyst, "upload", tenant, text(*ROWS))

    assert "CSV_TOO_LARGE" in str(page.context["form"].errors["file"])
    assert not IngestionRun.objects.exists()


def test_an_upload_leads_to_its_progress_bar_which_asks_until_the_load_has_ended(
    analyst: Client, tenant: Tenant
) -> None:
    make_series(tenant, "WTI", {"values": []})

    page = send(analyst, "upload", tenant, text(*ROWS))
    run = IngestionRun.objects.get()
    live = reverse("admin:ingestion_ingestionrun_live", args=[run.pk])
    start_run(run=run)
    during = analyst.get(live).content.decode()
    run_ingestion(run_id=run.pk)
    after = analyst.get(live)
    shown = analyst.get(reverse("admin:ingestion_ingestionrun_change", args=[run.pk])).content.decode()

    assert live in page.content.decode()
    assert "of about 4" in during
    assert (after.status_code, after.headers["HX-Refresh"]) == (204, "true")
    assert live not in shown
    assert "2 stored" in shown
    assert "2 refused" in shown
    assert run.requested_by == str(analyst.session["_auth_user_id"])


def test_missing_series_are_created_only_when_asked_for(analyst: Client, tenant: Tenant) -> None:
    send(analyst, "upload", tenant, text(*ROWS), create_missing_series="on", series_codes="GOLD, SILVER")

    run = run_ingestion(run_id=IngestionRun.objects.get().pk)

    assert run.filters == {"seriesCodes": ["GOLD", "SILVER"]}
    assert list(IndexSeries.objects.values_list("series_code", flat=True)) == ["GOLD"]


def test_only_who_may_add_loads_may_upload(
    client: Client, settings: Any, tenant: Tenant, django_user_model: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    reader = django_user_model.objects.create_user("reader", password="secret-secret", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_ingestionrun"))
    client.force_login(reader)

    answers = [send(client, page, tenant, text(*ROWS)).status_code for page in ("preview", "upload")]

    assert answers == [403, 403]
    assert not IngestionRun.objects.exists()
