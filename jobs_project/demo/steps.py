"""The steps of the demo: each asks for work, then waits until rows, files or the receiver say it is done."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.db.models import QuerySet, Sum

from calculations.models import BatchStatus, CalcBatch
from calculations.services.create_batch import create_batch
from ingestion.data.reference import CSV_FILES
from ingestion.models import IndexValue, IngestionRun, RunStatus
from ingestion.services.upload import upload_csv
from jobs.models import Job
from jobs.states import State
from jobs_project.demo.place import Place
from jobs_project.demo.receipts import completed_batches
from jobs_project.demo.seed import Seeded
from jobs_project.demo.series import count_values
from jobs_project.demo.watch import Watch
from reports.kinds import ReportFormat, ReportType
from reports.models import Report, ReportStatus
from reports.services.download import download_report
from reports.services.request import request_report

AS_OF = date(2026, 9, 30)


def ingest(tenants: Sequence[Seeded], watch: Watch) -> None:
    """Load the public files for every tenant, each file as a job."""
    for tenant in tenants:
        for path in CSV_FILES:
            upload_csv(tenant_id=tenant.tenant_id, content=path.read_bytes())
    values = IndexValue.objects.filter(tenant_id__in=_ids(tenants))
    watch.until("Index values stored", len(tenants) * count_values(), values.count)
    runs = IngestionRun.objects.filter(tenant_id__in=_ids(tenants), status=RunStatus.SUCCESS)
    watch.until("Files ingested", len(tenants) * len(CSV_FILES), runs.count)


def calculate(tenants: Sequence[Seeded], watch: Watch) -> None:
    """Price every item of every tenant."""
    for tenant in tenants:
        for pam_id in tenant.pam_ids:
            create_batch(tenant_id=tenant.tenant_id, pam_id=pam_id, as_of_date=AS_OF)
    watch.until("Items priced", sum(tenant.items for tenant in tenants), lambda: _items_done(tenants))
    watch.until(
        "Batches completed",
        sum(len(tenant.pam_ids) for tenant in tenants),
        lambda: batches_of(tenants).filter(status=BatchStatus.COMPLETED).count(),
    )


def deliver(tenants: Sequence[Seeded], watch: Watch, place: Place) -> None:
    """Wait until the receiver has verified the news of every batch."""
    watch.until(
        "Webhooks verified by the receiver",
        sum(len(tenant.pam_ids) for tenant in tenants),
        lambda: len(completed_batches(place.received)),
    )


def report(tenants: Sequence[Seeded], watch: Watch, place: Place) -> list[Path]:
    """Have the price-math report of every batch made as PDF and CSV, and write the files where a person finds them."""
    wanted = [
        request_report(
            tenant_id=batch.tenant_id,
            report_type=ReportType.PRICE_MATH,
            batch_id=batch.pk,
            format=form,
            user_id="operator",
        ).report
        for batch in batches_of(tenants)
        for form in ReportFormat
    ]
    made = Report.objects.filter(tenant_id__in=_ids(tenants), status=ReportStatus.COMPLETED)
    watch.until("Reports made", len(wanted), made.count)
    written = []
    for each in wanted:
        file = download_report(tenant_id=each.tenant_id, report_id=each.pk)
        path = place.reports / file.filename
        path.write_bytes(file.content)
        written.append(path)
    return written


def settle(tenants: Sequence[Seeded], watch: Watch) -> None:
    """Wait until every job's outcome is in its row: effects come a moment before it."""
    jobs = Job.objects.filter(tenant__in=_ids(tenants))
    watch.until("Jobs completed", jobs.count(), jobs.filter(state=State.COMPLETED).count)


def batches_of(tenants: Sequence[Seeded]) -> QuerySet[CalcBatch]:
    """Return all batches of the tenants, oldest first."""
    return CalcBatch.objects.filter(tenant_id__in=_ids(tenants)).order_by("created_at", "pk")


def _items_done(tenants: Sequence[Seeded]) -> int:
    return int(batches_of(tenants).aggregate(done=Sum("items_succeeded"))["done"] or 0)


def _ids(tenants: Sequence[Seeded]) -> list[str]:
    return [tenant.tenant_id for tenant in tenants]
