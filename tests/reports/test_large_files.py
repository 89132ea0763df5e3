"""Files of many items: what they cost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.pricemath.pdf import price_math_pdf
from reports.pricemath.values import ReportItem
from tests.reports.values import MADE_AT, batch, item

ROOT = Path(__file__).resolve().parents[2]
ITEMS = 2_000


def many(count: int) -> Iterator[ReportItem]:
    """Yield items one by one, as a batch is read."""
    return (item(sku=f"SKU-{number:05}", item_name=f"Crude oil {number}") for number in range(count))


def peak() -> int:
    """Return the most memory that this process has had, in MiB; what getrusage tells would include its parent's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def peak_growth() -> int:
    """Return by how many MiB a large file needs more memory than a small one."""
    price_math_pdf(batch(), many(30), generated_at=MADE_AT)
    before = peak()
    price_math_pdf(batch(), many(ITEMS), generated_at=MADE_AT)
    return peak() - before


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_two_thousand_items_take_little_memory() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from tests.reports.test_large_files import peak_growth; print(peak_growth())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert 0 < int(told.stdout) < 64


@pytest.mark.slow
def test_a_thousand_items_take_less_than_fifteen_seconds() -> None:
    start = time.process_time()

    content = price_math_pdf(batch(), many(1_000), generated_at=MADE_AT)

    assert content.count(b"/Type /Page\n") == 1_001
    assert time.process_time() - start < 15
