"""The ingestion app's jobs."""

from __future__ import annotations

from typing import Any

from ingestion.errors import FeedNotFound, FeedRefused, RunNotFound, TenantMismatch, TenantNotFound
from ingestion.payloads import FetchFeed, IngestIndexData
from ingestion.services.describe import job_result
from ingestion.services.fetch_feed import fetch_feed
from ingestion.services.open import open_run
from ingestion.services.run import run_ingestion
from jobs import Fail, actor, current_job


@actor(queue_name="ingestion", actor_name="process-ingestion")
def process_ingestion(payload: IngestIndexData) -> dict[str, Any]:
    """Store index values; safe to repeat: the run counts its rows with each chunk, and once finished stays so."""
    job = current_job()
    try:
        run = open_run(payload=payload, run_id=str(job.id))
        run = run_ingestion(run_id=run.id, tenant_id=payload.tenant_id, on_progress=job.update_progress)
    except (RunNotFound, TenantMismatch, TenantNotFound) as error:
        raise Fail(str(error)) from error
    return job_result(run)


@actor(queue_name="ingestion", actor_name="fetch-feed")
def process_feed(payload: FetchFeed) -> dict[str, Any]:
    """Enqueue the loads of a feed's new files; safe to repeat: a file is known by its content, and taken once."""
    try:
        return {"ingestionIds": fetch_feed(tenant_id=payload.tenant_id, feed_id=payload.feed_id)}
    except (FeedNotFound, FeedRefused) as error:
        raise Fail(str(error)) from error
