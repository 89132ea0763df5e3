"""Reports of who did what to a batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import time_machine

from calculations.models import CalcBatch
from calculations.services.override import override
from jobs import AuditLog, export_audit, write_audit
from reports.payloads import GenerateReport
from reports.services.download import download_report
from reports.services.generate import generate_report
from tests.calculations.rows import make_tenant
from tests.reports.conftest import MakeBatch, approved
from tests.reports.values import MADE_AT, pages

Audit = Callable[..., bytes]


@pytest.fixture
def audited(priced: CalcBatch) -> Audit:
    """Hand out a maker of audit reports of a batch that was approved and overridden."""
    approved(priced)
    override(tenant_id="t1", batch_id=priced.pk, item_id="i2", override_price="230", reason="Agreed", user_id="jane")

    def make(file_format: str, **changes: Any) -> bytes:
        facts = {"tenant_id": "t1", "report_type": "audit", "batch_id": priced.pk, "format": file_format}
        report = generate_report(payload=GenerateReport.read({**facts, **changes}))
        return download_report(tenant_id="t1", report_id=report.pk).content

    return make


def actions(content: bytes) -> list[str]:
    return [line.split(",")[1] for line in content.decode().split("\r\n")[1:-1]]


def test_the_entries_of_a_batch_its_approval_and_its_results_come_oldest_first(audited: Audit) -> None:
    assert actions(audited("csv")) == ["CREATE", "CALCULATE", "REQUEST_APPROVAL", "APPROVE", "OVERRIDE"]


def test_entries_of_other_batches_and_tenants_are_left_out(audited: Audit, calculated: MakeBatch) -> None:
    batch = CalcBatch.objects.get()
    make_tenant("t2")
    write_audit(tenant_id="t2", action="UPDATE", entity_type="CALC_BATCH", entity_id=batch.pk)
    write_audit(tenant_id="t1", action="DELETE", entity_type="CALC_BATCH", entity_id="another")
    write_audit(tenant_id="t1", action="IMPORT", entity_type="PAM", entity_id="p", correlation_id=batch.correlation_id)

    assert actions(audited("csv"))[5:] == ["IMPORT"]


def test_a_report_holds_the_exports_before_it_but_not_its_own(audited: Audit) -> None:
    first = audited("csv")
    second = audited("pdf")

    assert "EXPORT" not in actions(first)
    assert "".join(pages(second)).count("EXPORT REPORT") == 1


def test_the_last_page_seals_the_entries_as_an_export_hashes_them(audited: Audit) -> None:
    content = audited("pdf")

    AuditLog.objects.filter(action="EXPORT").delete()
    lines = BytesIO()
    export = export_audit(tenant_id="t1", into=lines)
    last = pages(content)[-1]
    assert f"Entries: {export.count}" in last
    assert hashlib.sha256(lines.getvalue()).hexdigest() == export.sha256
    assert export.sha256 in last


def test_the_pdf_has_a_summary_and_a_block_for_each_entry(audited: Audit) -> None:
    with time_machine.travel(MADE_AT, tick=False):
        write_audit(
            tenant_id="t1",
            action="UPDATE",
            entity_type="CALC_BATCH",
            entity_id=CalcBatch.objects.get().pk,
            user_id="eve",
            changes={"apiKey": "abcdefgh", "note": "x" * 3_000},
            ip_address="192.168.1.42",
            user_agent="Mozilla/5.0 Chrome/91.0.4472.124 Safari/537.36",
        )

    text = "".join(pages(audited("pdf")))

    assert "Audit Report" in text
    assert "Contract" not in text
    assert text.index("UPDATE CALC_BATCH") < text.index("CREATE CALC_BATCH")  # its time lies before the others'
    for shown in ("eve", "192.168.1.0", "Chrome/91.0", '{"apiKey":"ab****gh"'):
        assert shown in text
    assert text.count("x") >= 3_000
    assert "Page 2 of" in text
