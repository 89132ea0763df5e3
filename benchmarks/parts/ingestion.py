"""Measures the load of a CSV file of 220,000 rows, and of the same file again."""

from __future__ import annotations

import time
from datetime import date, timedelta
from io import StringIO

from django.conf import settings

from benchmarks.parts.process import Figures, forget_peak, peak_mb, run_part

SERIES, DAYS = 100, 2_200
MANY_SERIES = 455
"""Times DAYS, a million and a thousand rows."""


def measure() -> Figures:
    """Return the seconds of the loads, how many of them this process computed, and its peak memory."""
    content = _file(SERIES)
    (first, first_cpu), (again, again_cpu) = _load(content, SERIES), _load(content, SERIES)
    peak = peak_mb()
    settings.INGESTION = {"max_csv_bytes": 100 * 1024 * 1024}
    many, many_cpu = _load(_file(MANY_SERIES, "M"), MANY_SERIES)
    return {
        "ingestion_220k_s": first,
        "ingestion_220k_cpu_s": first_cpu,
        "ingestion_220k_again_s": again,
        "ingestion_220k_again_cpu_s": again_cpu,
        "ingestion_peak_mb": peak,
        "ingestion_1m_s": many,
        "ingestion_1m_cpu_s": many_cpu,
        "ingestion_1m_peak_mb": peak_mb(),
    }


def _file(series: int, letter: str = "S") -> str:
    """Return the file's text, written piece by piece: a list of its lines would count as memory of the load."""
    start = date(2018, 1, 1)
    days = [str(start + timedelta(days=n)) for n in range(DAYS)]
    text = StringIO()
    text.write("seriesCode,asOfDate,value,versionTag\n")
    for s in range(series):
        text.writelines(f"{letter}{s:03},{day},{100 + s + n / 100:.2f},FINAL\n" for n, day in enumerate(days))
    return text.getvalue()


def _load(content: str, series: int) -> tuple[float, float]:
    """Return the seconds of a load, and those of this process's processor time in it."""
    from ingestion.models import IngestionRun
    from ingestion.services.run import run_ingestion
    from ingestion.services.upload import upload_csv
    from jobs import Tenant

    tenant, _ = Tenant.objects.get_or_create(pk="bench", defaults={"name": "Bench", "slug": "bench"})
    begun, cpu = time.monotonic(), time.process_time()
    run = upload_csv(tenant_id=tenant.pk, content=content, create_missing_series=True)
    forget_peak()  # the upload is the web's
    run = run_ingestion(run_id=run.pk)
    seconds = time.monotonic() - begun, time.process_time() - cpu
    assert (run.status, run.upserted_count + run.skipped_count) == ("SUCCESS", series * DAYS)  # noqa: S101
    IngestionRun.objects.filter(pk=run.pk).delete()
    return seconds


if __name__ == "__main__":
    run_part(measure)
