"""The audit report as a PDF file."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from jobs import AuditEntry, canonical_json, timestamp
from reports.pdf.palette import EMPHASIS, PRIMARY, SECONDARY
from reports.pdf.sheet import Sheet
from reports.pdf.text import Span
from reports.pdf.title import draw_heading, draw_title

TITLE: Final = "Audit Report"

_LABEL_WIDTH = 90.0


def audit_pdf(
    entries: Iterable[AuditEntry],
    *,
    batch_id: str,
    tenant_name: str,
    summary: Iterable[tuple[str, str]],
    generated_at: datetime,
) -> bytes:
    """Return the file: the batch, a block for each entry as it comes, and at the end what proves it complete.

    That is the number of entries and the SHA-256 of their JSON lines, as an export of the same entries has it.
    """
    sheet = Sheet(
        title=TITLE,
        author=tenant_name,
        subject=f"Batch {batch_id}",
        footer=f"Batch ID: {batch_id}",
        created=generated_at,
    )
    draw_title(sheet, tenant_name=tenant_name, title=TITLE, generated_at=generated_at)
    draw_heading(sheet, "Batch summary")
    sheet.facts(summary)
    sheet.gap(20)
    draw_heading(sheet, "Entries")
    count, digest = 0, hashlib.sha256()
    for entry in entries:
        _draw_entry(sheet, entry)
        digest.update(entry.line())
        count += 1
    _draw_seal(sheet, count, digest.hexdigest())
    return sheet.finish()


def _draw_entry(sheet: Sheet, entry: AuditEntry) -> None:
    """Draw an entry's block."""
    facts = list(_facts(entry))
    title = f"{entry.action} {entry.entity_type}"
    sheet.running_title = ""
    sheet.need(34 + 19 * len(facts))  # a block stays whole, unless its changes are long
    sheet.running_title = f"{title} (continued)"
    sheet.gap(10)
    sheet.write(
        [
            Span(title, 10, bold=True),
            Span(f"   {timestamp(entry.created_at)}", 9, colour=SECONDARY),
        ]
    )
    sheet.gap(2)
    sheet.facts(facts, size=8.5, label_width=_LABEL_WIDTH)


def _facts(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    """Yield the labels and values of what an entry knows."""
    yield "Entity", entry.entity_id
    yield "User", entry.user_id
    for label, text in (
        ("Correlation", entry.correlation_id),
        ("Address", entry.ip_address),
        ("Agent", entry.user_agent),
    ):
        if text is not None:
            yield label, text
    for label, value in (("Changes", entry.changes), ("Metadata", entry.metadata)):
        if value is not None:
            yield label, canonical_json(value)


def _draw_seal(sheet: Sheet, count: int, sha256: str) -> None:
    """Draw the number of entries and their hash."""
    sheet.running_title = ""
    sheet.gap(18)
    sheet.panel(
        [
            [Span("Entries: ", 10, colour=SECONDARY), Span(str(count), 10, bold=True)],
            [Span("SHA-256 of the entries as JSON lines:", 9, colour=SECONDARY)],
            [Span(sha256, 9, bold=True)],
        ],
        fill=EMPHASIS,
        bar=PRIMARY,
    )
