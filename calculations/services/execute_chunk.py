"""Executes single chunks of large batches."""

from __future__ import annotations

from collections.abc import Callable

from calculations.conf import calculation_settings
from calculations.models import BatchStatus
from calculations.services.batch_status import BatchReport, report_batch
from calculations.services.find import find_batch
from calculations.services.finish_batch import finish_if_done, open_chunks
from calculations.services.open_work import open_work
from calculations.services.work_chunk import Manner, ignore, work_chunk


def execute_chunk(
    *,
    tenant_id: str,
    batch_id: str,
    run: int,
    chunk: int,
    on_page: Callable[[int], None] = ignore,
    on_progress: Callable[[int], None] = ignore,
) -> BatchReport:
    """Calculate what is left of a chunk, and end the batch's run if this was its last; safe to repeat.

    Does nothing if the run is over. Raises `BatchNotFound` and `TenantMismatch`.
    """
    batch = find_batch(tenant_id=tenant_id, batch_id=batch_id)
    if batch.status == BatchStatus.RUNNING and batch.run == run:
        share = open_chunks(batch).filter(index=chunk).first()
        if share is not None:
            manner = Manner(page_size=calculation_settings().page_size, on_page=on_page, on_progress=on_progress)
            work_chunk(open_work(batch), share.pk, manner)
            batch.refresh_from_db(fields=["status", "run"])
        finish_if_done(batch)
        batch.refresh_from_db()
    return report_batch(batch)
