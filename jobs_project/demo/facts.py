"""Judges a finished run by what is there: rows, files, and the receiver's log."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from calculations.models import BatchStatus, CalcBatch, CalcResult
from ingestion.models import IndexValue
from jobs.states import State
from jobs_project.demo.receipts import completed_batches
from jobs_project.demo.seed import Seeded
from jobs_project.demo.series import count_values
from jobs_project.demo.tally import Counts
from reports.models import Report
from webhooks.models import DeliveryStatus, WebhookDelivery

LEAST_ITEMS = 1_000


def faults(tenants: Sequence[Seeded], counts: Counts, received: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """Return what is not as it should be, nothing if all of it truly happened."""
    return tuple(
        fault
        for check in (
            _job_faults(counts),
            _ingestion_faults(tenants),
            _calculation_faults(tenants),
            _webhook_faults(tenants, received),
            _report_faults(tenants, files),
        )
        for fault in check
    )


def exit_faults(codes: Mapping[str, int]) -> Iterator[str]:
    """Yield a fault for each process that did not end well when it was told to stop."""
    for name, code in codes.items():
        if code:
            yield f"the {name} process ended with status {code}"


def _job_faults(counts: Counts) -> Iterator[str]:
    for queue, row in counts.items():
        if not row.get(State.COMPLETED):
            yield f"queue {queue} completed no job"
        for state, count in row.items():
            if state != State.COMPLETED:
                yield f"{count} jobs of queue {queue} are {state}"


def _ingestion_faults(tenants: Sequence[Seeded]) -> Iterator[str]:
    wanted = count_values()
    for tenant in tenants:
        stored = IndexValue.objects.filter(tenant_id=tenant.tenant_id).count()
        if stored != wanted:
            yield f"{tenant.name} has {stored} index values, the files have {wanted}"


def _calculation_faults(tenants: Sequence[Seeded]) -> Iterator[str]:
    if sum(tenant.items for tenant in tenants) < LEAST_ITEMS:
        yield f"fewer than {LEAST_ITEMS} items"
    for tenant in tenants:
        results = CalcResult.objects.filter(tenant_id=tenant.tenant_id)
        if results.count() != tenant.items:
            yield f"{tenant.name} has {results.count()} results of {tenant.items} items"
        for batch in CalcBatch.objects.filter(tenant_id=tenant.tenant_id):
            if batch.status != BatchStatus.COMPLETED or batch.items_failed:
                yield f"batch {batch.pk} is {batch.status} with {batch.items_failed} failed items: {batch.error}"


def _webhook_faults(tenants: Sequence[Seeded], received: Path) -> Iterator[str]:
    tenant_ids = [tenant.tenant_id for tenant in tenants]
    heard = completed_batches(received)
    for batch_id in CalcBatch.objects.filter(tenant_id__in=tenant_ids).values_list("pk", flat=True):
        if batch_id not in heard:
            yield f"the receiver has verified no webhook of batch {batch_id}"
    undelivered = WebhookDelivery.objects.filter(tenant_id__in=tenant_ids).exclude(status=DeliveryStatus.SUCCESS)
    for delivery in undelivered:
        yield f"delivery {delivery.pk} is {delivery.status}: {delivery.last_error}"


def _report_faults(tenants: Sequence[Seeded], files: Sequence[Path]) -> Iterator[str]:
    tenant_ids = [tenant.tenant_id for tenant in tenants]
    known = set(Report.objects.filter(tenant_id__in=tenant_ids).values_list("sha256", flat=True))
    if len(known) != len(files) or not files:
        yield f"{len(known)} reports in the database, {len(files)} files"
    for file in files:
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() not in known:
            yield f"{file.name} is not what was generated"
        if file.suffix == ".pdf" and not content.startswith(b"%PDF-"):
            yield f"{file.name} is no PDF"
