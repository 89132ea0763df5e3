"""Jobs not processing: workers, Redis, database, migrations, caretaker, pauses, lost processes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from jobs.conf import jobs_settings
from jobs.dispatch.connect import connect
from jobs.doctor.points import Point, Scene, ill, well
from jobs.rows.dialect import wrapper
from jobs.rows.process import has_leader
from jobs.services.readiness import LOOK_S, Finding, readiness


def _answers(name: str) -> Finding:
    return readiness(exclude={"database", "redis", "migrations", "outcomes"} - {name})[name]


def _workers(scene: Scene) -> Finding:
    alive = [process for process in scene.processes if process.standing == "alive"]
    idle = [queue for queue in scene.queues if not any(queue in process.queues for process in alive)]
    if idle:
        return ill(f"{len(alive)} worker processes live; nobody works on {', '.join(idle)}")
    return well(f"{len(alive)} worker processes live, {sum(scene.places.values())} places")


def _evicts() -> Finding:
    with connect(settings.REDIS_URL, timeout_s=LOOK_S) as client:
        memory: Any = client.info("memory")
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        return ill(f"Redis throws keys away when it is full ({policy})")
    used, limit = int(memory["used_memory"]), int(memory.get("maxmemory") or 0)
    if limit and used > 0.8 * limit:
        return ill(f"{used / limit:.0%} of Redis' memory is in use")
    return well(f"{used / 2**20:.0f} MiB in use")


def _errors(scene: Scene) -> Finding:
    hour = scene.now - timedelta(hours=1)
    bad = [p for p in scene.processes if p.standing in ("lost", "silent") and (p.beat_at or p.started_at) > hour]
    if bad:
        return ill("; ".join(f"{p.host}:{p.pid} is {p.standing}" for p in bad[:5]))
    lost = apps.get_model("jobs", "Attempt").objects.filter(outcome="lost").order_by("-pk").values("ended_at").first()
    if lost and lost["ended_at"] > hour:
        return ill(f"a run was lost at {lost['ended_at']:%H:%M:%S}: its process was killed or hung")
    return well("no process was lost in the last hour")


def _outcomes(scene: Scene) -> Finding:
    waiting = sum(process.unrecorded for process in scene.processes if process.standing == "alive")
    return (ill if waiting > jobs_settings().max_unrecorded / 10 else well)(f"{waiting} outcomes wait for the database")


def _caretaker() -> Finding:
    if has_leader(wrapper(DEFAULT_DB_ALIAS)):
        return well("a caretaker leads")
    return ill("no caretaker leads: delayed repairs, schedules, alerts and retention stand still")


def _pauses(scene: Scene) -> Finding:
    paused = set(
        apps.get_model("jobs", "QueueConfig").objects.exclude(paused_at=None).values_list("queue", flat=True)
    ) & set(scene.queues)
    quiet = [f"{p.host}:{p.pid}" for p in scene.processes if p.standing == "paused"]
    if paused or quiet:
        return ill(f"paused: {', '.join(sorted(paused)) or 'no queue'}; quiet: {', '.join(quiet) or 'no process'}")
    return well("nothing is paused")


POINTS: Final = (
    Point(
        check="Workers are running",
        look=_workers,
        remedy="Start `manage.py rundramatiq`, with `--queues` for the queues named (`systemctl status jobs-workers`).",
    ),
    Point(
        check="Redis is accessible",
        look=lambda _: _answers("redis"),
        remedy="See that REDIS_URL is right here and for the workers, and that the server is up (`redis-cli ping`).",
    ),
    Point(
        check="Redis keeps its keys",
        look=lambda _: _evicts(),
        remedy="Set `maxmemory-policy noeviction`, give it more memory, or drain queues.",
    ),
    Point(
        check="The database is accessible",
        look=lambda _: _answers("database"),
        remedy="See that DATABASE_URL is right and the server is up; while it is away nothing new starts.",
    ),
    Point(
        check="Migrations are applied",
        look=lambda _: _answers("migrations"),
        remedy="Run `manage.py migrate` (before workers of the new release start).",
    ),
    Point(
        check="No errors of workers",
        look=_errors,
        remedy="Read the log lines of `jobs.supervisor` and `jobs.worker` around that time; look for the OOM killer.",
    ),
    Point(
        check="Outcomes are written",
        look=_outcomes,
        remedy="See why the database is slow or away; workers stop taking jobs at the limit and go on by themselves.",
    ),
    Point(
        check="A caretaker leads",
        look=lambda _: _caretaker(),
        remedy="`rundramatiq` brings one; or run `manage.py jobs_caretaker` as a service of its own.",
    ),
    Point(
        check="Nothing is paused",
        look=_pauses,
        remedy="Resume with `manage.py jobs resume QUEUE`, or wake the process in the admin, if it was not meant.",
    ),
)
