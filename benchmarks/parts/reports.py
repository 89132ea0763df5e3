"""Measures a price-math PDF of 1,000 items, and a CSV file of the batch that the batch part left."""

from __future__ import annotations

import time

from benchmarks.parts.batch import DAY, TENANT, seed
from benchmarks.parts.process import Figures, peak_mb, run_part

ITEMS = 1_000


def measure() -> Figures:
    """Return seconds, and this process's peak memory after the PDF and after the CSV."""
    from calculations.models import CalcBatch
    from calculations.services.create_batch import create_batch
    from calculations.services.execute_batch import execute_batch

    small = create_batch(tenant_id=TENANT, pam_id=seed("bench-small", ITEMS), as_of_date=DAY).batch
    execute_batch(tenant_id=TENANT, batch_id=small.pk)
    seconds, cpu = _make(small.pk, "pdf")
    figures = {"report_pdf_1k_s": seconds, "report_pdf_1k_cpu_s": cpu, "report_pdf_peak_mb": peak_mb()}
    large = CalcBatch.objects.filter(pam_id="bench-large", status="COMPLETED").get()
    figures["report_csv_100k_s"], figures["report_csv_100k_cpu_s"] = _make(large.pk, "csv")
    figures["report_csv_peak_mb"] = peak_mb()
    return figures


def _make(batch_id: str, kind: str) -> tuple[float, float]:
    """Return the seconds of a report, and those of this process's processor time in it."""
    from reports.models import Report
    from reports.payloads import GenerateReport
    from reports.services.generate import generate_report
    from reports.services.request import request_report

    asked = request_report(
        tenant_id=TENANT, report_type="price-math", batch_id=batch_id, format=kind, user_id="bench"
    ).report
    payload = GenerateReport.model_validate(
        {
            "tenantId": TENANT,
            "reportType": "price-math",
            "batchId": batch_id,
            "format": kind,
            "userId": "bench",
            "reportId": asked.pk,
        }
    )
    begun, cpu = time.monotonic(), time.process_time()
    generate_report(payload=payload)
    seconds = time.monotonic() - begun, time.process_time() - cpu
    assert Report.objects.get(pk=asked.pk).size_bytes  # noqa: S101
    return seconds


if __name__ == "__main__":
    run_part(measure)
