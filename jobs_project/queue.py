"""The user's `@/lib/queue/queue` and `@/lib/queue/workers` in one place: every name of `docs/from-bullmq.md`."""

from calculations.services.enqueue import enqueue_calculation
from ingestion.services.enqueue import enqueue_ingestion
from jobs import (
    current_job,
    get_all_queue_metrics,
    get_job_status,
    get_queue,
    get_queue_events,
    get_queue_metrics,
    get_worker_status,
    start_workers,
    stop_workers,
)
from reports.services.enqueue import enqueue_report
from webhooks.services.enqueue import enqueue_webhook

__all__ = [
    "current_job",
    "enqueue_calculation",
    "enqueue_ingestion",
    "enqueue_report",
    "enqueue_webhook",
    "get_all_queue_metrics",
    "get_job_status",
    "get_queue",
    "get_queue_events",
    "get_queue_metrics",
    "get_worker_status",
    "start_workers",
    "stop_workers",
]
