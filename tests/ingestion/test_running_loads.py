"""A run from its input to its result: interrupted, repeated, run twice at once, told of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from ingestion.errors import RunMoved, RunNotFound, TenantMismatch
from ingestion.models import IngestionRun
from ingestion.services.describe import describe_run, job_result
from ingestion.services.run import run_ingestion
from jobs import AuditFilter, Tenant, read_audit
from jobs.signals import announced
from tests.ingestion.loads import counts, load, make_run, stored
from tests.ingestion.rows import make_series

ROWS = [f"WTI,2024-01-{day:02d},{day},FINAL" for day in range(1, 8)]
Heard = list[dict[str, Any]]


class Cut(Exception):
    """Raised by a test where a worker would be lost."""


def test_progress_is_told_after_each_chunk(tenant: Tenant, settings: Settings) -> None:
    settings.INGESTION = {"chunk_rows": 3}
    make_series(tenant, "WTI")
    told: list[int] = []

    run_ingestion(run_id=make_run(tenant, ROWS).id, on_progress=told.append)

    assert told == [42, 85, 100]


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(tenant: Tenant, settings: Settings) -> None:
    settings.INGESTION = {"chunk_rows": 3}
    make_series(tenant, "WTI", {"values": [["2024-01-01", "FINAL", "99"]]})
    run = make_run(tenant, ["WTI,2024-01-01,x,FINAL", *ROWS, "NOPE,2024-01-01,1,FINAL"])

    def cut(progress: int) -> None:
        raise Cut

    with pytest.raises(Cut):
        run_ingestion(run_id=run.id, on_progress=cut)
    run.refresh_from_db()
    between = (run.status, run.rows_done, counts(run))
    run = run_ingestion(run_id=run.id)

    assert between == ("RUNNING", 3, (3, 2, 0, 2, 0, 1))
    assert counts(run) == (9, 8, 0, 7, 0, 2)
    assert [error["line"] for error in run.errors] == [2, 10]
    assert len(list(read_audit(tenant_id=tenant.id, any_of=[AuditFilter(action="UPDATE").as_q()]))) == 1


def test_a_finished_run_is_left_alone(tenant: Tenant, heard: Heard) -> None:
    make_series(tenant, "WTI")
    first = load(tenant, *ROWS)

    again = run_ingestion(run_id=first.id)

    assert job_result(again) == job_result(first)
    assert len(heard) == 1


def test_an_end_that_could_not_be_told_did_not_happen(tenant: Tenant, heard: Heard) -> None:
    make_series(tenant, "WTI")
    run = make_run(tenant, ROWS)

    def refuse(**announcement: Any) -> None:
        raise Cut

    announced.connect(refuse)
    with pytest.raises(Cut):
        run_ingestion(run_id=run.id)
    announced.disconnect(refuse)
    run.refresh_from_db()
    status = run.status
    heard.clear()
    run = run_ingestion(run_id=run.id)

    assert (status, run.status, counts(run)) == ("RUNNING", "SUCCESS", (7, 7, 0, 7, 0, 0))
    assert [announcement["key"] for announcement in heard] == [f"ingestion.completed:{run.id}"]


def test_a_worker_that_was_overtaken_stops_and_undoes_its_chunk(tenant: Tenant, settings: Settings) -> None:
    settings.INGESTION = {"chunk_rows": 3}
    make_series(tenant, "WTI")
    run = make_run(tenant, ROWS)

    def overtake(progress: int) -> None:
        run_ingestion(run_id=run.id)

    with pytest.raises(RunMoved):
        run_ingestion(run_id=run.id, on_progress=overtake)
    run.refresh_from_db()

    assert (run.status, counts(run)) == ("SUCCESS", (7, 7, 0, 7, 0, 0))


@pytest.mark.django_db(transaction=True)
def test_two_loads_of_the_same_new_series_take_turns(transactional_db: None) -> None:
    tenant = Tenant.objects.create(name="Acme", slug="acme")
    runs = [make_run(tenant, rows, create_missing_series=True) for rows in (ROWS, ROWS[::-1])]

    def work(run: IngestionRun) -> IngestionRun:
        try:
            return run_ingestion(run_id=run.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        finished = list(workers.map(work, runs))

    assert sorted((run.upserted_count, run.skipped_count) for run in finished) == [(0, 7), (7, 0)]
    assert len(stored(tenant)) == 7


def test_only_the_first_errors_are_kept_and_all_are_counted(tenant: Tenant, settings: Settings) -> None:
    settings.INGESTION = {"chunk_rows": 2, "kept_errors": 3}

    run = load(tenant, *(["NOPE,2024-01-15,1,FINAL", "WTI,x,1,FINAL"] * 3))

    assert [error["line"] for error in run.errors] == [2, 3, 4]
    assert (run.error_count, run.status) == (6, "FAILED")


def test_a_header_alone_is_a_success(tenant: Tenant, heard: Heard) -> None:
    run = load(tenant)

    assert (run.status, counts(run)) == ("SUCCESS", (0, 0, 0, 0, 0, 0))
    assert "errorMessage" not in heard[0]["facts"]


def test_the_description_has_the_counts_and_the_time_it_took(tenant: Tenant) -> None:
    make_series(tenant, "WTI")
    with time_machine.travel("2024-01-15T10:30:00Z", tick=False):
        run = load(tenant, *ROWS)

    described = describe_run(run)

    assert described["startedAt"] == described["completedAt"] == "2024-01-15T10:30:00.000Z"
    assert (described["provider"], described["durationMs"], described["upsertedCount"]) == ("CSV", 0, 7)
    assert describe_run(make_run(tenant, ROWS))["durationMs"] is None


def test_the_import_is_audited_with_its_counts(tenant: Tenant) -> None:
    make_series(tenant, "WTI")

    run = load(tenant, *ROWS, requested_by="u-1")

    (audit,) = read_audit(tenant_id=tenant.id, any_of=[AuditFilter(action="IMPORT").as_q()])
    assert (audit.entity_id, audit.user_id, audit.correlation_id) == (run.id, "u-1", run.id)
    assert audit.metadata is not None
    assert audit.metadata["upsertedCount"] == 7


def test_the_announcement_names_what_all_rows_share(tenant: Tenant, heard: Heard) -> None:
    make_series(tenant, "WTI")
    make_series(tenant, "BRENT")

    load(tenant, "WTI,2024-01-16,1,PRELIMINARY", "WTI,2024-01-15,1,PRELIMINARY", "NOPE,2024-03-01,1,FINAL")
    load(tenant, "WTI,2024-01-15,1,FINAL", "BRENT,2024-01-14,1,REVISED")

    shared, mixed = (announcement["facts"] for announcement in heard)
    assert (shared["seriesCode"], shared["asOfDate"], shared["versionTag"]) == ("WTI", "2024-01-16", "prelim")
    assert (shared["recordCount"], shared["status"], shared["errorMessage"]) == (2, "SUCCESS", "1 of 3 rows failed")
    assert (mixed["seriesCode"], mixed["asOfDate"], mixed["versionTag"]) == ("multiple", "2024-01-15", "multiple")


def test_a_faulty_file_is_announced_with_its_fault(tenant: Tenant, heard: Heard) -> None:
    with time_machine.travel("2024-01-15T10:30:00Z", tick=False):
        run = load(tenant, '"never closed')

    facts = heard[0]["facts"]
    assert (facts["status"], facts["recordCount"], facts["asOfDate"]) == ("FAILED", 0, "2024-01-15")
    assert facts["errorMessage"] == run.errors[0]["message"]
    assert heard[0]["tenant_id"] == tenant.id


def test_a_run_is_found_for_its_own_tenant_only(tenant: Tenant) -> None:
    run = make_run(tenant, ROWS)

    with pytest.raises(TenantMismatch):
        run_ingestion(run_id=run.id, tenant_id="another")
    with pytest.raises(RunNotFound):
        run_ingestion(run_id="none")
