"""Makes the values that the pure part of reports draws, and reads files back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from reports.pricemath.pdf import price_math_pdf
from reports.pricemath.values import BatchSummary, Move, ReportItem, Step

MADE_AT = datetime(2024, 1, 17, 10, 30, 0, 123_000, tzinfo=UTC)
ITEM = ReportItem(
    item_id="i1",
    sku="OIL-001",
    item_name="Crude Oil",
    contract_name="Q4 Contract",
    base_price=Decimal(100),
    base_currency="USD",
    base_unit="bbl",
    adjusted_price=Decimal("115.5"),
    adjusted_currency="USD",
    adjusted_unit="bbl",
    steps=(
        Step(operation="factor", description="Factor: 1.05", output="1.05"),
        Step(operation="multiply", description="Combine: multiply", output="115.5"),
    ),
    moves=(Move(name="base", delta=Decimal(0)), Move(name="price", delta=Decimal("15.5"))),
)
BATCH = BatchSummary(
    batch_id="b-1",
    tenant_name="Acme",
    pam_name="Brent with collar",
    pam_version=3,
    contract_name=None,
    as_of_date=date(2024, 1, 15),
    version_preference="FINAL",
    status="COMPLETED",
    approved_by=None,
    approved_at=None,
    items_total=1,
    items_failed=0,
)


def item(**changes: Any) -> ReportItem:
    """Return an item that differs from the usual one."""
    return replace(ITEM, **changes)


def batch(**changes: Any) -> BatchSummary:
    """Return a batch that differs from the usual one."""
    return replace(BATCH, **changes)


def pdf(*items: ReportItem, **changes: Any) -> bytes:
    """Return the price-math PDF of items."""
    return price_math_pdf(batch(**changes), items, generated_at=MADE_AT)


def pages(content: bytes) -> list[str]:
    """Return the text of each page of a PDF."""
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
