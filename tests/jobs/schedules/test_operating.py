"""What operators and code do with schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import Payload
from jobs import schedule as declare
from jobs.errors import InvalidSchedule, InvalidTimetable
from jobs.models import AuditLog, Job, Schedule
from jobs.operator import Operator
from jobs.recurring import DECLARED
from jobs.services.declared_schedules import write_declared
from jobs.services.fire import fire_due
from jobs.services.schedule_words import last_words, next_words, standing
from jobs.services.schedules import delete, keep, pause, resume, run_now
from tests.jobs.schedules.conftest import NOON, keys, oclock
from tests.probe.actors import Note

Make = Callable[..., Schedule]
ANN = Operator(user_id="ann")


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Hand out the declared schedules, of which there are none at first."""
    before = dict(DECLARED)
    DECLARED.clear()
    yield DECLARED
    DECLARED.clear()
    DECLARED.update(before)


def a_schedule(**fields: Any) -> Schedule:
    given: dict[str, Any] = {"name": "nightly", "actor": "probe-note", "payload": {"ledger": "", "key": "k"}}
    return Schedule(**(given | {"cron": "0 6 * * *"} | fields))


def test_a_kept_schedule_is_due_later_than_now(db: None) -> None:
    schedule = keep(a_schedule(), by=ANN)

    assert schedule.next_at
    assert timezone.now() < schedule.next_at <= timezone.now() + timedelta(days=1)
    entry = AuditLog.objects.get()
    assert (entry.action, entry.entity_type, entry.user_id) == ("CREATE", "SCHEDULE", "ann")
    assert "payload" not in (entry.changes or {})["after"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"cron": "not cron"}, "cron"),
        ({"cron": "", "every": timedelta()}, "cron"),
        ({"actor": "gone"}, "actor"),
        ({"payload": {"key": 5}}, "payload"),
        ({"payload": []}, "payload"),
        ({"tenant": "a", "payload": {"ledger": "", "key": "k", "tenantId": "b"}}, "payload"),
        ({"priority": 5_000}, "priority"),
        ({"missed": "never"}, "missed"),
        ({"missed": "all", "overlap": "skip"}, "overlap"),
        ({"jitter": timedelta(seconds=-1)}, "jitter"),
    ],
)
def test_a_schedule_that_could_not_fire_is_refused(db: None, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidSchedule) as refused:
        keep(a_schedule(**fields), by=ANN)

    assert refused.value.field == field
    assert not Schedule.objects.exists()


def test_the_name_of_a_schedule_is_one_in_its_tenant(db: None) -> None:
    keep(a_schedule())
    keep(a_schedule(tenant="a"))

    with pytest.raises(InvalidSchedule, match="there already"):
        keep(a_schedule())


def test_a_change_of_the_payload_does_not_move_the_next_time_of_a_schedule(hourly: Make) -> None:
    schedule = hourly()
    schedule.payload = {"ledger": "", "key": "other"}

    keep(schedule, by=ANN)

    assert Schedule.objects.get().next_at == NOON
    assert (AuditLog.objects.get().changes or {})["after"] == {"payload": "changed"}


def test_a_paused_schedule_leaves_out_what_passes_and_goes_on_from_now(hourly: Make) -> None:
    schedule = hourly()
    pause(schedule.pk, by=ANN)

    silent = fire_due(now=oclock(15))
    resume(schedule.pk, by=ANN)

    schedule.refresh_from_db()
    assert silent == 0
    assert schedule.next_at
    assert schedule.next_at > timezone.now() - timedelta(seconds=1)
    assert [entry.action for entry in AuditLog.objects.order_by("pk")] == ["PAUSE", "RESUME"]


def test_run_now_enqueues_whatever_the_schedule_says_and_keeps_the_next_time(hourly: Make) -> None:
    schedule = hourly(paused_at=NOON)

    placed = run_now(schedule.pk, by=ANN)
    run_now(schedule.pk, by=ANN)

    schedule.refresh_from_db()
    assert placed.created
    assert Job.objects.count() == 2
    assert schedule.next_at == NOON
    assert list(schedule.runs.values_list("outcome", "note")) == [("asked", "by ann")] * 2


def test_a_deleted_schedule_leaves_its_jobs(hourly: Make) -> None:
    schedule = hourly()
    fire_due(now=NOON)

    delete(schedule.pk, by=ANN)

    assert keys() == ["12:00"]
    assert not Schedule.objects.exists()


def test_a_schedule_says_when_it_runs_in_words(hourly: Make) -> None:
    schedule = hourly(time_zone="Europe/Berlin", last_at=NOON - timedelta(hours=1))
    now = NOON - timedelta(minutes=5)

    assert next_words(schedule, now) == "in 5 minutes (2026-11-24 13:00:00 Europe/Berlin)"
    assert last_words(schedule, now) == "55 minutes ago (2026-11-24 12:00:00 Europe/Berlin)"
    assert standing(schedule) == "active"
    assert next_words(hourly(next_at=None), now) == "never again"
    assert next_words(hourly(paused_at=now), now) == "when it is resumed"


def test_a_declared_schedule_gets_a_row_that_follows_the_code(declared: Any, db: None) -> None:
    declare("hourly", Note(ledger="", key="a"), every=timedelta(hours=1))
    write_declared()
    first = Schedule.objects.get()
    pause(first.pk, by=ANN)

    declared.clear()
    declare("hourly", Note(ledger="", key="b"), cron="0 * * * *", overlap="skip")
    write_declared()
    write_declared()

    row = Schedule.objects.get()
    assert (row.pk, row.payload["key"], row.cron, row.every, row.overlap) == (first.pk, "b", "0 * * * *", None, "skip")
    assert row.paused_at is not None
    assert row.is_declared


def test_a_schedule_that_code_declares_is_not_changed_by_hand(declared: Any, db: None) -> None:
    declare("hourly", Note(ledger="", key="a"), every=timedelta(hours=1))
    write_declared()
    row = Schedule.objects.get()

    with pytest.raises(InvalidSchedule, match="code"):
        keep(row, by=ANN)
    with pytest.raises(InvalidSchedule, match="code"):
        delete(row.pk, by=ANN)


def test_a_schedule_that_code_no_longer_declares_is_never_due_until_it_comes_back(declared: Any, db: None) -> None:
    declare("hourly", Note(ledger="", key="a"), every=timedelta(hours=1))
    write_declared()
    one = declared.pop("hourly")
    write_declared()
    gone = Schedule.objects.get()
    declared["hourly"] = one
    write_declared()
    back = Schedule.objects.get()

    assert (gone.next_at, standing(gone)) == (None, "broken")
    assert back.next_at
    assert standing(back) == "active"


def test_a_schedule_cannot_be_declared_with_a_wrong_timetable_or_twice(declared: Any) -> None:
    with pytest.raises(InvalidTimetable):
        declare("wrong", Note(ledger="", key="a"), cron="x")
    declare("twice", Note(ledger="", key="a"), cron="* * * * *")
    with pytest.raises(InvalidSchedule):
        declare("twice", Note(ledger="", key="b"), cron="* * * * *")


def test_a_declared_schedule_without_an_actor_does_not_stop_the_others(declared: Any, db: None) -> None:
    class Orphan(Payload):
        """No actor takes it."""

    declare("orphan", Orphan(), cron="* * * * *")
    declare("hourly", Note(ledger="", key="a"), cron="0 * * * *")

    faults = write_declared()

    assert list(faults) == ["orphan"]
    assert Schedule.objects.get().name == "hourly"
