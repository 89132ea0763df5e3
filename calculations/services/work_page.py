"""Calculates one page of a chunk in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from calculations.conf import calculation_settings
from calculations.graph.inputs_hash import PricedItem
from calculations.models import BatchStatus, CalcBatch, CalcChunk, CalcResult, Item
from calculations.services.calculate_page import Page, calculate_page
from calculations.services.finish_batch import finish_batch
from calculations.services.open_work import Work
from calculations.services.store_results import store_results


class PageEnd(Enum):
    """What follows a page."""

    MORE = "more"
    CHUNK_DONE = "chunk done"
    STOPPED = "stopped"


class _Withdrawn(Exception):
    """Raised when the batch has stopped running while a page was calculated; rolls the page back."""


def work_page(work: Work, chunk_id: str, *, page_size: int, stop_on_error: bool) -> PageEnd:
    """Calculate the chunk's next items and store results, position and counters together, or nothing.

    The chunk's row is locked meanwhile. With `stop_on_error` the first failing item ends the batch.
    """
    try:
        with transaction.atomic():
            return _work_page(work, chunk_id, page_size, stop_on_error=stop_on_error)
    except _Withdrawn:
        return PageEnd.STOPPED


def _work_page(work: Work, chunk_id: str, page_size: int, *, stop_on_error: bool) -> PageEnd:
    chunk = CalcChunk.objects.select_for_update().get(pk=chunk_id)
    if not _running(chunk).exists():
        return PageEnd.STOPPED
    items = work.inputs.items[chunk.position : min(chunk.position + page_size, chunk.end)]
    if not items:
        return PageEnd.CHUNK_DONE
    now = timezone.now()
    page = calculate_page(work, items, has_result=_has_result(work.batch, items), stop_on_error=stop_on_error, now=now)
    _store(chunk, page, now)
    if stop_on_error and page.errors:
        finish_batch(work.batch, status=BatchStatus.FAILED)
        return PageEnd.STOPPED
    return PageEnd.CHUNK_DONE if chunk.position >= chunk.end else PageEnd.MORE


def _running(chunk: CalcChunk) -> QuerySet[CalcBatch]:
    """Return the chunk's batch, if the run that the chunk is of still runs."""
    return CalcBatch.objects.filter(pk=chunk.batch_id, run=chunk.run, status=BatchStatus.RUNNING)


def _has_result(batch: CalcBatch, items: Sequence[PricedItem]) -> dict[str, bool]:
    """Return for each item that still exists whether the batch has its result; one query."""
    result = CalcResult.objects.filter(batch=batch, item=OuterRef("pk"))
    rows = Item.objects.filter(pk__in=[item.id for item in items])
    return dict(rows.values_list("pk", Exists(result)))


def _store(chunk: CalcChunk, page: Page, now: datetime) -> None:
    """Write what the page brought; the batch's counters last, because other chunks wait for its row."""
    store_results(page.results)
    chunk.position += page.taken
    chunk.item_errors += page.errors
    chunk.warnings = (chunk.warnings + page.warnings)[: calculation_settings().kept_warnings]
    chunk.moved_at = now
    chunk.save(update_fields=["position", "item_errors", "warnings", "moved_at"])
    counted = _running(chunk).update(
        items_succeeded=F("items_succeeded") + len(page.results),
        items_failed=F("items_failed") + len(page.errors),
        updated_at=now,
    )
    if not counted:
        raise _Withdrawn
