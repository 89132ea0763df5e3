"""What a report job is called, and what it carries."""

from __future__ import annotations

from typing import Any

import pytest

from calculations.models import CalcBatch
from jobs.errors import InvalidPayload
from reports.payloads import GenerateReport
from reports.services.enqueue import enqueue_report

FACTS = {"tenantId": "t1", "reportType": "price-math", "batchId": "b1", "format": "pdf", "userId": "u1"}


@pytest.mark.parametrize(
    ("further", "job_id"),
    [
        ({}, "report-t1-b1-pdf"),
        ({"format": "csv"}, "report-t1-b1-csv"),
        ({"reportType": "audit"}, "report-t1-b1-pdf-audit"),
        ({"detailed": True, "format": "csv"}, "report-t1-b1-csv-detailed"),
        ({"itemId": "i1"}, "report-t1-b1-pdf-i1"),
        ({"reportType": "audit", "detailed": True, "itemId": "i1"}, "report-t1-b1-pdf-audit-detailed-i1"),
        ({"reportId": "r1"}, "report-t1-b1-pdf"),
    ],
)
def test_the_default_id_names_what_is_reported(further: dict[str, Any], job_id: str) -> None:
    assert GenerateReport.read(FACTS | further).default_job_id() == job_id


@pytest.mark.parametrize("wrong", [{"format": "xlsx"}, {"reportType": "other"}, {"detail": True}, {"batchId": None}])
def test_a_payload_that_says_something_else_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidPayload):
        GenerateReport.read(FACTS | wrong)


def test_payloads_objects_and_keywords_enqueue_the_same_job(priced: CalcBatch) -> None:
    first = enqueue_report(FACTS, priority=5, attempts=2)
    second = enqueue_report(GenerateReport.read(FACTS))
    third = enqueue_report(tenant_id="t1", report_type="price-math", batch_id="b1", format="pdf", user_id="u1")

    assert [job.created for job in (first, second, third)] == [True, False, False]
    assert {job.id for job in (first, second, third)} == {first.id}
    assert (first.queue, first.priority) == ("reports", 5)
    assert first.data == FACTS | {"detailed": False}
