"""Deduplication: what a key keeps, what it lets through, and what the caller is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from jobs import Won, debounce, enqueue, get_queue, keep_last, throttle, until_done
from jobs.dedup import Dedup
from jobs.errors import InvalidOption
from jobs.handle import JobHandle
from jobs.models import AuditLog, DedupKey, Job
from jobs.services.dedup import forget_keys, release
from jobs.testing import drain
from tests.jobs.flows.conftest import a

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def ask(name: str, dedup: Dedup, **options: Any) -> JobHandle:
    """Enqueue a job that returns its name."""
    return enqueue(a(name, **options), dedup=dedup)


def let_time_pass(span: timedelta) -> None:
    """Set the clock forward, as far as keys and jobs can tell."""
    DedupKey.objects.update(held_until=F("held_until") - span)
    Job.objects.update(run_at=F("run_at") - span, created_at=F("created_at") - span)


def test_dedup_until_done_keeps_the_first_and_counts_the_others(redis: Any) -> None:
    first, second = ask("first", until_done("k")), ask("second", until_done("k"))

    assert (first.won, second.won, second.id, second.created) == (Won.NEW, Won.KEPT, first.id, False)
    assert second.data["name"] == "first"
    assert get_queue("reports").deduplicated() == {"kept": 1, "replaced": 0}
    drain()
    third = ask("third", until_done("k"))
    assert (third.won, Job.objects.count()) == (Won.NEW, 2)


def test_dedup_keys_of_other_queues_and_tenants_are_others(redis: Any) -> None:
    jobs = [ask("one", until_done("k"), tenant=tenant) for tenant in ("", "acme", "globex")]

    assert {job.won for job in jobs} == {Won.NEW}


def test_dedup_forgets_with_its_transaction(redis: Any) -> None:
    with transaction.atomic():
        ask("undone", until_done("k"))
        transaction.set_rollback(True)

    assert ask("real", until_done("k")).won == Won.NEW


def test_throttle_lets_one_through_a_window_finished_or_not(redis: Any) -> None:
    first = ask("first", throttle("k", HOUR))
    drain()
    again = ask("again", throttle("k", HOUR))
    assert (again.won, again.id) == (Won.KEPT, first.id)

    let_time_pass(HOUR)

    assert ask("later", throttle("k", HOUR)).won == Won.NEW
    assert ask("again", throttle("k", HOUR)).won == Won.KEPT


def test_debounce_starts_once_with_the_last_payload(redis: Any) -> None:
    first = ask("first", debounce("k", HOUR))
    let_time_pass(HOUR / 2)
    due = first.refresh().row.run_at
    last = ask("last", debounce("k", HOUR))

    assert (last.won, last.id) == (Won.REPLACED, first.id)
    assert first.refresh().row.run_at > due
    assert drain() == []
    let_time_pass(HOUR)
    drain()
    assert first.refresh().returnvalue["name"] == "last"
    assert ask("new", debounce("k", HOUR)).won == Won.NEW


def test_debounce_puts_off_no_longer_than_told(redis: Any) -> None:
    first = ask("first", debounce("k", HOUR, longest=HOUR * 1.5))
    let_time_pass(HOUR * 0.9)

    ask("second", debounce("k", HOUR, longest=HOUR * 1.5))

    row = first.refresh().row
    assert row.run_at - row.created_at == HOUR * 1.5


def test_debounce_moves_what_redis_holds(workers: None) -> None:
    job = ask("first", debounce("k", HOUR))
    ask("now", debounce("k", 1))

    assert job.wait_until_finished(10)["name"] == "now"


def test_keep_last_runs_one_and_parks_the_newest(redis: Any) -> None:
    running = ask("running", keep_last("k"))
    Job.objects.filter(pk=running.id).update(state="active")

    parked, newest = ask("parked", keep_last("k")), ask("newest", keep_last("k"))

    assert (parked.won, newest.won, newest.id) == (Won.PARKED, Won.REPLACED, parked.id)
    assert drain() == []
    Job.objects.filter(pk=running.id).update(state="waiting")
    drain()
    assert parked.refresh().returnvalue["name"] == "newest"
    assert Job.objects.count() == 2


def test_keep_last_replaces_what_has_not_started(redis: Any) -> None:
    first = ask("first", keep_last("k"))
    second = ask("second", keep_last("k"))
    drain()

    assert second.won == Won.REPLACED
    assert first.refresh().returnvalue["name"] == "second"
    assert DedupKey.objects.get().replaced == 1


def test_a_dedup_key_is_released_by_hand(redis: Any) -> None:
    ask("first", throttle("k", HOUR))

    assert release(queue="reports", key="k", reason="again, please")
    assert ask("second", throttle("k", HOUR)).won == Won.NEW
    assert AuditLog.objects.get(action="RELEASE").metadata == {"queue": "reports", "key": "k"}
    assert not release(queue="reports", key="unknown")
    assert get_queue("reports").release_key("k")


@pytest.mark.parametrize("dedup", [until_done("k"), throttle("k", HOUR), debounce("k", HOUR), keep_last("k")])
def test_of_many_callers_at_once_dedup_lets_one_make_the_job(redis: Any, dedup: Dedup) -> None:
    def call(number: int) -> Won:
        try:
            return ask(f"{number}", dedup).won
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(call, range(24)))

    assert won.count(Won.NEW) == 1
    assert Job.objects.count() == 1
    key = DedupKey.objects.get()
    assert key.kept + key.replaced == 23


def test_dedup_keys_that_hold_nothing_are_forgotten(redis: Any) -> None:
    ask("over", until_done("over"))
    drain()
    ask("open", until_done("open"))
    ask("windowed", throttle("windowed", HOUR))
    DedupKey.objects.update(used_at="2000-01-01T00:00Z")

    assert forget_keys(older_than=HOUR) == 1
    assert set(DedupKey.objects.values_list("key", flat=True)) == {"open", "windowed"}


def test_a_dedup_window_is_longer_than_nothing() -> None:
    with pytest.raises(InvalidOption, match="window"):
        throttle("k", 0)
