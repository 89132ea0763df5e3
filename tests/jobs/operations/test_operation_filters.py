"""Filters of operations: what each condition means, and that a stored one reads the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import InvalidOption
from jobs.job_filter import JobFilter
from jobs.services.select import select
from jobs.states import State
from tests.jobs.rows import a_job

TEXTS = st.none() | st.text(max_size=20)
TUPLES = st.none() | st.lists(st.text(max_size=5), max_size=3).map(tuple)
MOMENTS = st.none() | st.integers(0, 2_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


@given(
    st.builds(
        JobFilter,
        queue=TEXTS,
        states=st.none() | st.lists(st.sampled_from([s.value for s in State])).map(tuple),
        actor=TEXTS,
        tenants=TUPLES,
        error_contains=TEXTS,
        ids=st.none() | st.lists(st.uuids().map(str), max_size=3).map(tuple),
        since=MOMENTS,
        until=MOMENTS,
        attempts_from=st.none() | st.integers(0, 9),
    )
)
def test_an_operation_reads_its_filter_as_it_was_stored(wanted: JobFilter) -> None:
    assert JobFilter.of_json(wanted.as_json()) == wanted


@pytest.mark.parametrize("conditions", [{"states": ("lost",)}, {"ids": ("one",)}])
def test_a_filter_of_an_operation_refuses_what_cannot_match(conditions: Any) -> None:
    with pytest.raises(InvalidOption):
        JobFilter(**conditions)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "conditions",
    [
        {"queue": "reports"},
        {"states": ("failed",)},
        {"states": ("failed", "waiting")},
        {"actor": "render"},
        {"tenants": ("t1", "t2")},
        {"error_type": "TimeoutError"},
        {"error_contains": "TIMED out"},
        {"since": datetime(2030, 1, 1, tzinfo=UTC)},
        {"attempts_from": 3},
        {"attempts_from": 3, "attempts_to": 3, "queue": "reports"},
    ],
)
def test_each_condition_of_an_operation_selects_its_jobs(conditions: Any) -> None:
    a_job(State.COMPLETED)
    wanted = a_job(
        State.FAILED,
        queue="reports",
        actor="render",
        tenant="t1",
        error_type="TimeoutError",
        error="the server timed out",
        created_at=datetime(2030, 1, 1, tzinfo=UTC),
        attempts=3,
    )

    assert [job.pk for job in select(JobFilter(**conditions))] == [wanted.pk]


@pytest.mark.django_db
def test_an_operation_of_named_jobs_selects_these_and_no_condition_selects_all() -> None:
    first, second = a_job(), a_job(State.FAILED)

    assert [job.pk for job in select(JobFilter(ids=(str(first.pk),)))] == [first.pk]
    assert {job.pk for job in select(JobFilter())} == {first.pk, second.pk}
    assert not select(JobFilter(ids=()))


@pytest.mark.django_db
def test_the_beginning_of_a_job_id_is_found_by_the_unique_index_in_any_locale() -> None:
    job = a_job(job_id="calc-acme-1")
    a_job(job_id="calc-zeta-1")
    wanted = select(JobFilter(job_id="calc-acme*"))

    assert list(wanted) == [job]

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "~>=~ 'calc-acme'" in wanted.order_by().explain()  # compares bytes; >= would need the C locale
