"""The same values give the same bytes: in any process, in any thread, whatever was drawn before."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jobs import AuditEntry
from reports.auditlog.pdf import audit_pdf
from tests.reports.values import MADE_AT, item, pdf

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("Crude oil", "Сырая нефть", "原油価格 / 원유", "Αργό")


def mixed_pdf() -> bytes:
    """Return a file with many glyphs of all fonts."""
    return pdf(*(item(sku=f"SKU-{number}", item_name=NAMES[number % 4]) for number in range(40)))


def digest() -> str:
    """Return the hash of a file that uses all fonts."""
    return hashlib.sha256(mixed_pdf()).hexdigest()


@pytest.mark.parametrize(("seed", "zone"), [("0", "UTC"), ("1", "Asia/Tokyo"), ("4711", "America/New_York")])
def test_other_processes_make_the_same_file(seed: str, zone: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}

    told = subprocess.run(
        [sys.executable, "-c", "from tests.reports.test_determinism import digest; print(digest())"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == digest()


def test_threads_that_draw_at_the_same_time_make_the_same_file() -> None:
    expected = mixed_pdf()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: mixed_pdf(), range(8)))

    assert made == [expected] * 8


def test_another_time_or_another_value_makes_another_document_id() -> None:
    usual, other = pdf(item()), pdf(item(override_reason="x", is_overridden=True))

    assert document_id(usual) == document_id(pdf(item()))
    assert document_id(usual) != document_id(other)


def test_an_audit_file_is_the_same_each_time() -> None:
    entry = AuditEntry(
        id="e",
        tenant_id="t",
        user_id="u",
        action="CREATE",
        entity_type="CALC_BATCH",
        entity_id="b",
        created_at=MADE_AT,
        changes={"b": 1, "a": {"z": None}},
    )

    made = {
        audit_pdf([entry], batch_id="b", tenant_name="Acme", summary=[("Status", "COMPLETED")], generated_at=MADE_AT)
        for _ in range(2)
    }

    assert len(made) == 1


def document_id(content: bytes) -> bytes:
    """Return what stands between the brackets of the trailer's ID."""
    return content.rpartition(b"/ID")[2].partition(b"]")[0]
