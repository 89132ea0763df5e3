"""Executes batches."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone

from calculations.conf import calculation_settings
from calculations.errors import BatchNotRunnable
from calculations.models import BatchStatus, CalcBatch, CalcChunk
from calculations.services.batch_status import BatchReport, report_batch
from calculations.services.find import find_batch
from calculations.services.finish_batch import finish_if_done, open_chunks
from calculations.services.open_work import open_work
from calculations.services.start_batch import start_batch
from calculations.services.work_chunk import Manner, ignore, work_chunk


def execute_batch(
    *,
    tenant_id: str,
    batch_id: str,
    run: int | None = None,
    page_size: int | None = None,
    continue_on_error: bool = True,
    on_page: Callable[[int], None] = ignore,
    on_progress: Callable[[int], None] = ignore,
) -> BatchReport:
    """Calculate a batch's items that lack a result, and end its run; the report tells how far it got.

    A completed batch is left as it is. A large one is cut into chunks with jobs of their own; this call works the
    first, and those that nobody moves; a report that still says RUNNING means that others are at work: call again.
    Many transactions, one a page; whatever calls are lost or doubled, each item is calculated once.

    Raises `BatchNotFound`, `TenantMismatch`, and `BatchNotRunnable` for a batch that has failed or is in a later
    run than `run`.
    """
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id)
    if batch.status == BatchStatus.FAILED or (run is not None and run < batch.run):
        raise BatchNotRunnable(batch_id, batch.status)
    if batch.status == BatchStatus.COMPLETED:
        return report_batch(batch)
    settings = calculation_settings()
    start_batch(batch, chunk_items=settings.chunk_items if continue_on_error else batch.items_total)
    manner = Manner(
        page_size=page_size or settings.page_size,
        stop_on_error=not continue_on_error,
        on_page=on_page,
        on_progress=on_progress,
    )
    work, this_run = None, batch.run
    while batch.status == BatchStatus.RUNNING and batch.run == this_run and (chunk := _next_chunk(batch)):
        work = work or open_work(batch)
        work_chunk(work, chunk.pk, manner)
        batch.refresh_from_db(fields=["status", "run"])
    finish_if_done(batch)
    return report_batch(find_batch(tenant_id=tenant_id, batch_id=batch_id))


def _next_chunk(batch: CalcBatch) -> CalcChunk | None:
    """Return the first chunk, while it is open, then one that has not moved for a while: its job waits, or is lost."""
    moved_before = timezone.now() - calculation_settings().idle_chunk
    return open_chunks(batch).filter(Q(index=0) | Q(moved_at__lt=moved_before)).order_by("index").first()
