"""Starts the run of a batch."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from calculations.models import BatchStatus, CalcBatch, CalcChunk
from calculations.payloads import CalculateChunk
from jobs import enqueue_many


@transaction.atomic
def start_batch(batch: CalcBatch, *, chunk_items: int) -> bool:
    """Move a queued batch to RUNNING and cut it into chunks; the jobs of all but the first are enqueued.

    Whether this call started it. `batch` is refreshed either way.
    """
    now = timezone.now()
    queued = CalcBatch.objects.filter(pk=batch.pk, run=batch.run, status=BatchStatus.QUEUED)
    started = bool(queued.update(status=BatchStatus.RUNNING, started_at=now, updated_at=now))
    batch.refresh_from_db(fields=["status", "started_at", "run"])
    if started:
        chunks = [
            CalcChunk(
                batch=batch,
                run=batch.run,
                index=index,
                first=first,
                end=min(first + chunk_items, batch.items_total),
                position=first,
            )
            for index, first in enumerate(range(0, batch.items_total, chunk_items))
        ]
        CalcChunk.objects.bulk_create(chunks)
        enqueue_many(
            [
                CalculateChunk(tenant_id=batch.tenant_id, batch_id=batch.pk, run=batch.run, chunk=chunk.index)
                for chunk in chunks[1:]
            ]
        )
    return started
