"""Runs a load from its input to its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from ingestion.ahead import ahead
from ingestion.bulk import values_table
from ingestion.conf import ingestion_settings
from ingestion.errors import RunNotFound, TenantMismatch
from ingestion.faults import FileFault, NoData
from ingestion.filters import Filters
from ingestion.models import IngestionContent, IngestionRun
from ingestion.parsing.points import point_records
from ingestion.parsing.records import Record, check_file, read_records
from ingestion.parsing.sifting import sift_chunks
from ingestion.services.progress import finish_run, start_run, store_chunk
from ingestion.versions import read_stored_form, read_tag


class _Input(NamedTuple):
    total: int
    records: Iterator[Record]
    read_tag: Callable[[str], str]


def run_ingestion(
    *, run_id: str, tenant_id: str | None = None, on_progress: Callable[[int], None] | None = None
) -> IngestionRun:
    """Store what a run's input holds, chunk by chunk, and return the finished run; a finished one is left alone.

    A chunk and its counts are one transaction: a run that was cut short by a lost worker or database goes on after
    its last chunk. `on_progress` is told the percentage of rows done after each chunk. Raises `RunNotFound`,
    `TenantMismatch` if `tenant_id` is given and not the run's, and `RunMoved` if somebody else runs it too.
    """
    run = find_run(run_id=run_id, tenant_id=tenant_id)
    start_run(run=run)
    if run.is_finished:
        return run
    try:
        total, records, read_one_tag = _open_input(run)
    except FileFault as fault:
        finish_run(run=run, file_errors=[fault.as_json()])
        return run
    rest = islice(records, run.rows_done, None)
    filters = Filters.model_validate(run.filters)
    chunk_rows = ingestion_settings().chunk_rows or values_table().chunk_rows
    for sifted in ahead(sift_chunks(rest, size=chunk_rows, filters=filters, read_tag=read_one_tag)):
        store_chunk(run=run, sifted=sifted)
        if on_progress is not None:
            on_progress(100 * run.rows_done // total)
    finish_run(run=run)
    return run


def find_run(*, run_id: str, tenant_id: str | None = None) -> IngestionRun:
    """Return a run; raises `RunNotFound`, and `TenantMismatch` if it is not this tenant's."""
    run = IngestionRun.objects.filter(pk=run_id).first()
    if run is None:
        raise RunNotFound(run_id)
    if tenant_id is not None and run.tenant_id != tenant_id:
        raise TenantMismatch(run_id, tenant_id)
    return run


def _open_input(run: IngestionRun) -> _Input:
    """Return the records of the run's file or points; raises a `FileFault`."""
    content = IngestionContent.objects.filter(run=run).first()
    if content is not None:
        total = check_file(content.text, max_bytes=ingestion_settings().max_csv_bytes)
        return _Input(total, read_records(content.text), read_stored_form)
    if run.points is None:
        raise NoData
    defaults = {
        "seriesCode": run.series_code or "",
        "asOfDate": run.as_of_date.isoformat() if run.as_of_date else "",
        "versionTag": run.version_tag or "",
    }
    return _Input(len(run.points), point_records(run.points, defaults), read_tag)
