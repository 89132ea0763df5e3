"""Row 18: two caretakers; the leader is killed and frozen at a schedule's tick; nobody takes care for two hours."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Min
from django.db.models.functions import Now

from jobs.canonical import timestamp
from jobs.caretaker.caretaker import LEASE_S
from jobs.job_filter import JobFilter
from jobs.models import Schedule, ScheduleRun
from jobs.services.operations import running, start
from jobs.services.scheduled_job import job_id_of
from jobs.services.schedules import keep
from tests.chaos.crew import Crew, signal_if_alive
from tests.chaos.failpoints import CARETAKER_POINTS
from tests.chaos.ledger import note_all
from tests.chaos.past import make_past
from tests.chaos.world import World

SECOND, OUTAGE, RARELY = timedelta(seconds=1), timedelta(hours=2), timedelta(minutes=10)
TAKES_OVER_S = LEASE_S + 2
LIMIT = 5


def run(world: World) -> None:
    """Tick every second through kills at every point and a frozen host; then wake up after two hours."""
    world.start_warm()
    world.start()
    world.until(lambda: len(_caretakers(world)) == 2, "two caretakers are there")
    begin = datetime.now(UTC).replace(microsecond=0) + 2 * SECOND
    ticking = _schedule(world, "tick", begin, SECOND, missed="all", missed_limit=100)
    once = _schedule(world, "once", begin + SECOND / 2, SECOND, missed="once")
    world.until(lambda: {"tick", "once"} <= set(_ticks()), "both schedules tick")
    for point in CARETAKER_POINTS * (1 if world.short else 2):
        _kill_at(world, point)
    _freeze_host(world, "keep")
    keys = world.keys(40, "dead")
    make_past(world, keys, state="failed", age_h=1)
    world.retried.update(keys)
    start(action="retry", wanted=JobFilter(queue="chaos", states=("failed",)), per_second=20)
    _freeze_host(world, "note")
    world.until(lambda: not running(), "the operation that was frozen in ends")
    _end(world, ticking, once)
    _each_once(world, ticking)
    _fired_or_missed(world, once)
    _wake_up(world)


def _schedule(world: World, name: str, begin: datetime, every: timedelta, **policy: Any) -> Schedule:
    payload = {"ledger": world.ledger, "key": "{dueAt}", "ms": 20}
    return keep(Schedule(name=name, actor="chaos-work", payload=payload, every=every, starts_at=begin, **policy))


def _caretakers(world: World) -> list[int]:
    return [pid for crew in world.crews for pid in crew.children("jobs_caretaker")]


def _kill_at(world: World, point: str) -> None:
    """Let the leader die at a point of a tick; the other one goes on within its lease."""
    world.pause(0.0, 1.0)
    token = world.place / "failpoints" / point
    token.touch()
    world.until(lambda: not token.exists(), f"the leader passes {point}")
    _goes_on(world, f"the leader's death at {point}")
    world.until(lambda: len(_caretakers(world)) == 2, "the dead caretaker is replaced")


def _freeze_host(world: World, before: str) -> None:
    """Stop the leader in mid-transaction, and its host with it: its locks must not hold up the other."""
    token = world.place / "failpoints" / f"before-{before}"
    token.write_text("stop")
    frozen = world.until(lambda: _stopped(world), "the leader stops in mid-transaction")
    if frozen is None:
        return
    frozen.signal_all(signal.SIGSTOP)
    _goes_on(world, f"the leader's host froze before {before}")
    frozen.signal_all(signal.SIGCONT)
    world.until(lambda: len(_caretakers(world)) == 2, "both hosts have a caretaker")


def _stopped(world: World) -> Crew | None:
    for crew in world.crews:
        for pid in crew.children("jobs_caretaker"):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                signal_if_alive(crew.popen.pid, signal.SIGSTOP)  # before it kills its stopped child
                return crew
    return None


def _goes_on(world: World, after: str) -> None:
    """Note how long it took until both schedules fired again: no lock of the dead or frozen may hold one back."""
    at = datetime.now(UTC)
    world.until(lambda: {"tick", "once"} <= set(_ticks(at)), f"both schedules tick after {after}")
    found = _ticks(at)
    took = (max(found.values()) - at).total_seconds() if found else None
    world.recovered(took, within=TAKES_OVER_S, after=after)


def _ticks(since: datetime | None = None) -> dict[str, datetime]:
    """Return when each schedule first fired since then."""
    runs = ScheduleRun.objects.filter(created_at__gt=since) if since else ScheduleRun.objects.all()
    return dict(runs.values("schedule__name").annotate(at=Min("created_at")).values_list("schedule__name", "at"))


def _end(world: World, *schedules: Schedule) -> None:
    """Let both schedules end just now, and wait until every due time before it is dealt with."""
    end = datetime.now(UTC)
    for schedule in schedules:
        schedule.ends_at = end
        Schedule.objects.filter(pk=schedule.pk).update(ends_at=end)
    open_ones = Schedule.objects.exclude(next_at=None)
    world.until(lambda: not open_ones.exists(), "all due times are dealt with")
    world.until(lambda: world.unfinished() == 0, "all ticks end")


def _each_once(world: World, schedule: Schedule) -> None:
    """Say that every due time was asked for: whatever has no job is lost, and whatever else has one is unexplained."""
    first, last = schedule.starts_at, schedule.ends_at
    dues = [first + n * SECOND for n in range((last - first) // SECOND + 1)] if first and last else []
    _ask(world, schedule, dues)
    fired = _fired(schedule)
    world.check(fired == dues, f"each tick fires once ({len(fired)} of {len(dues)})")


def _fired_or_missed(world: World, schedule: Schedule, *, fires: int | None = None, of: int | None = None) -> None:
    """Check that each due time fired or is told as missed."""
    runs = list(ScheduleRun.objects.filter(schedule=schedule).values_list("outcome", "count"))
    missed = sum(count for outcome, count in runs if outcome == "missed")
    fired = _fired(schedule)
    _ask(world, schedule, fired)
    first, last = schedule.starts_at, schedule.ends_at
    dues = (last - first) // SECOND + 1 if first and last else of
    what = f"{schedule.name}: {len(fired)} fired, {missed} missed of {dues} due times"
    world.check(len(fired) + missed == dues and len(fired) == (len(fired) if fires is None else fires), what)


def _fired(schedule: Schedule) -> list[datetime]:
    runs = ScheduleRun.objects.filter(schedule=schedule, outcome="fired").order_by("due_at")
    return list(runs.values_list("due_at", flat=True))


def _ask(world: World, schedule: Schedule, dues: list[datetime]) -> None:
    """Tell the ledger of jobs that a schedule has asked for; there they go by their due times."""
    world.names |= {job_id_of(schedule, due): timestamp(due) for due in dues}
    note_all(world.ledger, "E", [timestamp(due) for due in dues])


def _wake_up(world: World) -> None:
    """Let all caretakers be away for two hours, as schedules see it; then each follows its policy."""
    for crew in world.crews:
        crew.stop()
    first = datetime.now(UTC) - OUTAGE - timedelta(minutes=2)
    count, away = OUTAGE // RARELY + 1, []
    for number, (policy, fires) in enumerate({"skip": 0, "once": 1, "all": LIMIT}.items()):
        begin = first + number * timedelta(milliseconds=100)  # no two have the same due times
        schedule = _schedule(world, f"away-{policy}", begin, RARELY, missed=policy, missed_limit=LIMIT)
        Schedule.objects.filter(pk=schedule.pk).update(next_at=begin)
        away.append((schedule, fires))
    world.start()
    behind = Schedule.objects.filter(next_at__lt=Now())
    world.until(lambda: not behind.exists(), "schedules are up to date again")
    world.until(lambda: world.unfinished() == 0, "what was made up for ends")
    for schedule, fires in away:
        _fired_or_missed(world, schedule, fires=fires, of=count)
