"""Calculates a chunk, page after page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from calculations.models import CalcBatch
from calculations.services.batch_status import report_batch
from calculations.services.open_work import Work
from calculations.services.work_page import PageEnd, work_page


def ignore(_number: int) -> None:
    """Take a number and leave it at that: for callers who want no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How pages are worked, and whom to tell.

    `on_page` is told the number of a page, from 1, before its transaction; `on_progress` the batch's percentage
    after it.
    """

    page_size: int
    stop_on_error: bool = False
    on_page: Callable[[int], None] = ignore
    on_progress: Callable[[int], None] = ignore


def work_chunk(work: Work, chunk_id: str, manner: Manner) -> None:
    """Work on a chunk until it is done or the batch no longer runs; safe to repeat and to run twice at once."""
    end, page = PageEnd.MORE, 0
    while end is PageEnd.MORE:
        page += 1
        manner.on_page(page)
        end = work_page(work, chunk_id, page_size=manner.page_size, stop_on_error=manner.stop_on_error)
        if end is not PageEnd.STOPPED:
            manner.on_progress(report_batch(CalcBatch.objects.get(pk=work.batch.pk)).percent)
