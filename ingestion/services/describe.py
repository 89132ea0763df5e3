"""Says what became of a run, to people, the job's caller and listeners."""

from __future__ import annotations

from typing import Any

from ingestion.models import IngestionRun
from ingestion.shared import MULTIPLE, Shared
from ingestion.versions import VersionTag, short_form
from jobs import timestamp


def describe_run(run: IngestionRun) -> dict[str, Any]:
    """Return status, counts and errors (domain specification, section 9.5); `durationMs` is None until the end."""
    duration = run.completed_at - run.started_at if run.completed_at and run.started_at else None
    return {
        "ingestionId": run.id,
        "status": run.status,
        "provider": run.provider,
        **count_rows(run),
        "errors": run.errors,
        "startedAt": timestamp(run.started_at) if run.started_at else None,
        "completedAt": timestamp(run.completed_at) if run.completed_at else None,
        "durationMs": round(duration.total_seconds() * 1000) if duration is not None else None,
    }


def count_rows(run: IngestionRun) -> dict[str, int]:
    """Return the six counts."""
    return {
        "rowCount": run.row_count,
        "fetchedCount": run.fetched_count,
        "filteredCount": run.filtered_count,
        "upsertedCount": run.upserted_count,
        "skippedCount": run.skipped_count,
        "errorCount": run.error_count,
    }


def job_result(run: IngestionRun) -> dict[str, Any]:
    """Return the job's result (section 11.4); a repeated job returns the same one."""
    return {
        "status": run.status,
        "recordCount": run.record_count,
        "ingestionId": run.id,
        "timestamp": timestamp(run.completed_at) if run.completed_at else None,
    }


def completion_facts(run: IngestionRun) -> dict[str, Any]:
    """Return the facts of the event `ingestion.completed` (sections 9.5 and 10.1).

    What the payload does not say is read off the stored rows. A run that stored none is of `multiple` series and
    versions too, as of the day it ended: the event has no empty places.
    """
    shared = Shared.read(run.stored)
    tag = run.version_tag or shared.version_tag or MULTIPLE
    day = run.as_of_date or shared.latest_day or (run.completed_at.date() if run.completed_at else None)
    facts: dict[str, Any] = {
        "ingestionId": run.id,
        "seriesCode": run.series_code or shared.series_code or MULTIPLE,
        "asOfDate": day.isoformat() if day else None,
        "versionTag": short_form(tag) if tag in VersionTag.values else MULTIPLE,
        "recordCount": run.record_count,
        "status": run.status,
    }
    if run.error_count:
        facts["errorMessage"] = _error_message(run)
    return facts


def _error_message(run: IngestionRun) -> str:
    """Return how many rows failed, or what is wrong with the whole input."""
    if run.row_count:
        return f"{run.error_count} of {run.row_count} rows failed"
    return str(run.errors[0]["message"])
