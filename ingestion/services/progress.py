"""Moves a run forward: start, chunk, end; each by an update that holds only if nobody else moved it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from ingestion.conf import ingestion_settings
from ingestion.errors import RunMoved
from ingestion.faults import RowFault
from ingestion.models import IngestionRun, RunStatus
from ingestion.parsing.sifting import Sifted
from ingestion.services.describe import completion_facts, count_rows
from ingestion.services.store import store_rows
from ingestion.shared import Shared
from jobs import write_audit
from jobs.signals import announced


def start_run(*, run: IngestionRun) -> None:
    """Take a queued run up, and read what it is now.

    A run that is running already, because its worker was lost, goes on where it stopped; a finished one stays so.
    """
    now = timezone.now()
    queued = IngestionRun.objects.filter(pk=run.pk, status=RunStatus.QUEUED)
    queued.update(status=RunStatus.RUNNING, started_at=now, updated_at=now)
    run.refresh_from_db()


def store_chunk(*, run: IngestionRun, sifted: Sifted) -> None:
    """Store the next rows of the input and count them, in one transaction; raises `RunMoved`."""
    now = timezone.now()
    with transaction.atomic():
        store = store_rows(run=run, rows=sifted.rows, user_id=user_of(run), now=now)
        faults = sorted([*sifted.faults, *store.faults], key=lambda fault: fault.line)
        _move(
            run,
            rows_done=run.rows_done + sifted.records,
            row_count=run.row_count + sifted.records,
            fetched_count=run.fetched_count + len(sifted.rows),
            filtered_count=run.filtered_count + sifted.filtered,
            upserted_count=run.upserted_count + store.upserted,
            skipped_count=run.skipped_count + store.skipped,
            error_count=run.error_count + len(faults),
            stored=Shared.read(run.stored).with_rows(store.rows).as_json(),
            **_more_errors(run, faults),
        )


def finish_run(*, run: IngestionRun, file_errors: list[dict[str, Any]] | None = None) -> None:
    """Set the final status, audit the import and announce it, in one transaction; raises `RunMoved`.

    `file_errors` are those that stopped the whole input.
    """
    with transaction.atomic():
        if file_errors:
            run.errors, run.error_count = file_errors, len(file_errors)
        failed = run.error_count and not run.record_count
        _move(
            run,
            status=(RunStatus.FAILED if failed else RunStatus.SUCCESS).value,
            completed_at=timezone.now(),
            errors=run.errors,
            error_count=run.error_count,
        )
        write_audit(
            tenant_id=run.tenant_id,
            action="IMPORT",
            entity_type="INDEX_VALUE",
            entity_id=run.id,
            user_id=user_of(run),
            correlation_id=run.id,
            metadata={"source": run.source, "status": run.status, **count_rows(run)},
        )
        announced.send(
            sender=IngestionRun,
            type="ingestion.completed",
            tenant_id=run.tenant_id,
            key=f"ingestion.completed:{run.id}",
            facts=completion_facts(run),
        )


def user_of(run: IngestionRun) -> str:
    """Return who answers for the run's changes."""
    return run.requested_by or "system"


def _move(run: IngestionRun, **values: Any) -> None:
    """Update a running run that stands where we think it does, and our copy of it."""
    values["updated_at"] = timezone.now()
    here = IngestionRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING, rows_done=run.rows_done)
    if not here.update(**values):
        raise RunMoved(run.pk, rows_done=run.rows_done)
    for name, value in values.items():
        setattr(run, name, value)


def _more_errors(run: IngestionRun, faults: Iterable[RowFault]) -> dict[str, Any]:
    """Return the longer error list, if there is something to add and room for it."""
    room = ingestion_settings().kept_errors - len(run.errors)
    new = [fault.as_json() for fault in list(faults)[: max(room, 0)]]
    return {"errors": run.errors + new} if new else {}
