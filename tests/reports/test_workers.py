"""Report jobs, run by real workers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis as redis_client

from jobs import get_queue, start_workers, stop_workers
from reports.services.download import download_report
from reports.services.request import request_report
from tests.reports.conftest import MakeBatch
from tests.reports.values import pages


@pytest.fixture
def jobs_without_redis(transactional_db: None, redis: redis_client.Redis) -> Iterator[None]:
    """Run workers of the reports queue instead: what the other tests leave out."""
    start_workers(["reports"])
    yield
    stop_workers()


def test_workers_make_several_reports_at_a_time(calculated: MakeBatch) -> None:
    batch = calculated(*map(str, range(1, 31)))
    kinds = [("price-math", "pdf"), ("price-math", "csv"), ("audit", "pdf"), ("audit", "csv")]

    asked = [
        request_report(tenant_id="t1", batch_id=batch.pk, report_type=kind, format=form, user_id="jane").report
        for kind, form in kinds
    ]

    for report in asked:
        job = get_queue("reports").get_job(report.job_id)
        assert job is not None
        assert job.wait_until_finished()["reportId"] == report.pk
    files = [download_report(tenant_id="t1", report_id=report.pk) for report in asked]
    assert [file.filename.partition("-0")[0] for file in files] == ["price-math", "price-math", "audit", "audit"]
    assert len(pages(files[0].content)) == 31
    assert files[1].content.count(b"\r\n") == 31
