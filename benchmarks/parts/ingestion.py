"""Measures the load of a CSV file of 220,000 rows, and of the same file again."""

from __future__ import annotations

import time
from datetime import date, timedelta

from benchmarks.parts.process import Figures, peak_mb, run_part

SERIES, DAYS = 100, 2_200


def measure() -> Figures:
    """Return the seconds of both loads, how many of them this process computed, and its peak memory."""
    content = _file()
    (first, first_cpu), (again, again_cpu) = _load(content), _load(content)
    return {
        "ingestion_220k_s": first,
        "ingestion_220k_cpu_s": first_cpu,
        "ingestion_220k_again_s": again,
        "ingestion_220k_again_cpu_s": again_cpu,
        "ingestion_peak_mb": peak_mb(),
    }


def _file() -> str:
    start = date(2018, 1, 1)
    days = [str(start + timedelta(days=n)) for n in range(DAYS)]
    rows = (f"S{s:03},{day},{100 + s + n / 100:.2f},FINAL\n" for s in range(SERIES) for n, day in enumerate(days))
    return "seriesCode,asOfDate,value,versionTag\n" + "".join(rows)


def _load(content: str) -> tuple[float, float]:
    """Return the seconds of a load, and those of this process's processor time in it."""
    from ingestion.models import IngestionRun
    from ingestion.services.run import run_ingestion
    from ingestion.services.upload import upload_csv
    from jobs import Tenant

    tenant, _ = Tenant.objects.get_or_create(pk="bench", defaults={"name": "Bench", "slug": "bench"})
    begun, cpu = time.monotonic(), time.process_time()
    run = upload_csv(tenant_id=tenant.pk, content=content, create_missing_series=True)
    run = run_ingestion(run_id=run.pk)
    seconds = time.monotonic() - begun, time.process_time() - cpu
    assert (run.status, run.upserted_count + run.skipped_count) == ("SUCCESS", SERIES * DAYS)  # noqa: S101
    IngestionRun.objects.filter(pk=run.pk).delete()
    return seconds


if __name__ == "__main__":
    run_part(measure)
