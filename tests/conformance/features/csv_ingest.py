"""Runs the conformance cases about CSV files, on rows in the database."""

from typing import Any

from django.conf import settings
from django.test import override_settings

from ingestion.models import IndexValue, IngestionContent, IngestionRun, Source
from ingestion.numbers import dec
from ingestion.services.describe import describe_run
from ingestion.services.run import run_ingestion
from jobs import Tenant, new_id
from tests.ingestion.rows import make_series


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Ingest the case's file for a new tenant; return counts, errors and what is stored afterwards."""
    tenant = Tenant.objects.create(name="Conformance", slug=f"conformance-{new_id()}")
    for series in case["series"]:
        existing = [row[1:] for row in case.get("existing", ()) if row[0] == series["code"]]
        make_series(tenant, series["code"], {**series, "values": existing})
    ingestion = IngestionRun.objects.create(
        tenant=tenant,
        source=Source.CSV,
        provider="CSV",
        filters=case.get("filters", {}),
        force=case.get("force", False),
        create_missing_series=case.get("createMissingSeries", False),
    )
    IngestionContent.objects.create(run=ingestion, text=_text(case))
    limits = {"max_csv_bytes": case["maxBytes"]} if "maxBytes" in case else {}
    with override_settings(INGESTION={**getattr(settings, "INGESTION", {}), **limits}):
        answer = describe_run(run_ingestion(run_id=ingestion.id))
    return {**answer, "stored": _stored(tenant)}


def _text(case: dict[str, Any]) -> str:
    """Return the file's text, with its repeated line."""
    repeat = case.get("csvRepeat")
    return str(case["csv"]) + (repeat["line"] * repeat["times"] if repeat else "")


def _stored(tenant: Tenant) -> list[list[str]]:
    rows = IndexValue.objects.filter(tenant=tenant).select_related("series")
    return sorted([row.series.series_code, row.as_of_date.isoformat(), row.version_tag, dec(row.value)] for row in rows)
