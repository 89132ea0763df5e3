"""Says in words why a job does not run, and what would mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import dramatiq
import redis
from django.apps import apps
from django.db import connection
from django.utils import timezone

from jobs.conf import jobs_settings
from jobs.dispatch.entries import QueueStats
from jobs.rows.standing import standings
from jobs.services.dispatching import dispatcher
from jobs.services.held_up import HoldUp, held_up_by
from jobs.services.limits import limits
from jobs.services.registry import standing
from jobs.services.shares import share_of
from jobs.states import FINISHED, PENDING, STARTABLE, State

if TYPE_CHECKING:
    from jobs.models import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a job does not run. `mend` names the verb that would change it, empty if there is none or it needs none."""

    words: str
    mend: str = ""
    at: datetime | None = None
    subject: str = ""
    """What the words are about: a queue, a process or a job's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is true now of a job and all around it; each was asked for once."""

    job: Job
    now: datetime
    config: Any
    standings: dict[str, list[Any]]
    stats: QueueStats | None
    placement: str
    waits_for: list[HoldUp]


def why_not_running(job: Job) -> list[Reason]:
    """Return the reasons, the most decisive first; none for a job that has ended.

    A dozen small queries and two looks into Redis, which need not be there. What cannot be known is not said.
    """
    if job.state in FINISHED:
        return []
    facts = _facts(job)
    reasons = [reason for rule in RULES if (reason := rule(facts))]
    return reasons or [Reason(words="Nothing is in its way: it starts when its turn comes.")]


def _facts(job: Job) -> _Facts:
    now = timezone.now()
    processes: dict[str, list[Any]] = {}
    for process in apps.get_model("jobs", "Process").objects.filter(fenced_at=None):
        if job.queue in process.queues:
            processes.setdefault(standing(process, now=now), []).append(process)
    stats, placement = _in_redis(job)
    return _Facts(
        job=job,
        now=now,
        config=apps.get_model("jobs", "QueueConfig").objects.filter(queue=job.queue).first(),
        standings=processes,
        stats=stats,
        placement=placement,
        waits_for=held_up_by(job.pk)[:5] if job.state == State.BLOCKED else [],
    )


def _in_redis(job: Job) -> tuple[QueueStats | None, str]:
    """Return the queue's counts and `there`, `absent`, `misplaced`, or `unknown` where Redis does not answer."""
    if not jobs_settings().dispatch:
        return None, "unknown"
    try:
        stats = dispatcher().stats([job.queue])[0]
        row = standings(connection, [str(job.pk)]).get(str(job.pk))
        if row is None or not row.startable:
            return stats, "there"
        found = dispatcher().probe(job.queue, [(row.id, row.due_in_ms)])
    except (redis.RedisError, OSError):
        return None, "away"
    return stats, "absent" if found.absent else "misplaced" if found.misplaced else "there"


def _runs(facts: _Facts) -> Reason | None:
    if facts.job.state != State.ACTIVE:
        return None
    process = apps.get_model("jobs", "Process").objects.filter(pk=facts.job.worker or UUID(int=0)).first()
    if process is None:
        return Reason(words="It runs under a process that is not known any more: it is taken back within seconds.")
    if process.fenced_at or process.lease_until <= facts.now:
        words = f"{process} ran it and is lost. The caretaker takes the job back as soon as one is alive."
        return Reason(words=words, at=process.beat_at, subject=str(process.pk))
    return Reason(words=f"It runs on {process}.", at=facts.job.started_at, subject=str(process.pk))


def _is_blocked(facts: _Facts) -> Reason | None:
    if facts.job.state != State.BLOCKED:
        return None
    if not facts.waits_for:
        return Reason(words="It waits for nothing any more: the caretaker frees it within seconds.", mend="free")
    told = "; ".join(f"{one.name} {one.words}" for one in facts.waits_for)
    return Reason(words=f"It waits: {told}.", mend="free")


def _is_delayed(facts: _Facts) -> Reason | None:
    if facts.job.state not in STARTABLE or facts.job.run_at <= facts.now:
        return None
    return Reason(words="It is delayed: its time has not come.", mend="promote", at=facts.job.run_at)


def _queue_is_paused(facts: _Facts) -> Reason | None:
    if facts.config is None or facts.config.paused_at is None:
        return None
    queue = facts.job.queue
    return Reason(words=f"The queue {queue} is paused.", mend="resume", at=facts.config.paused_at, subject=queue)


def _queue_is_held(facts: _Facts) -> Reason | None:
    if facts.config is None or facts.config.held_until is None or facts.config.held_until <= facts.now:
        return None
    words = f"The queue {facts.job.queue} is held, for example because a server said it was asked too often."
    return Reason(words=words, mend="release", at=facts.config.held_until, subject=facts.job.queue)


def _nobody_serves(facts: _Facts) -> Reason | None:
    if facts.standings.get("alive"):
        return None
    queue = facts.job.queue
    if quiet := facts.standings.get("paused"):
        names = ", ".join(map(str, quiet[:3]))
        return Reason(words=f"Every worker of the queue {queue} is quiet: {names}.", mend="wake", subject=queue)
    return Reason(words=f"No living worker serves the queue {queue}: start one (manage.py rundramatiq).", subject=queue)


def _actor_is_unknown(facts: _Facts) -> Reason | None:
    if facts.job.actor in dramatiq.get_broker().get_declared_actors():
        return None
    return Reason(words=f"This code has no actor {facts.job.actor}: taken, the job would fail.")


def _is_not_in_redis(facts: _Facts) -> Reason | None:
    words = {
        "absent": "It is missing in Redis. The patrol puts it back, if a caretaker is alive.",
        "misplaced": "Redis holds it for later than its row says. The patrol moves it, if a caretaker is alive.",
        "away": "Redis does not answer: nothing starts until it does.",
    }.get(facts.placement)
    if words is None or facts.job.state not in STARTABLE:
        return None
    return Reason(words=words, mend="" if facts.placement == "away" else "put_back")


def _concurrency_is_full(facts: _Facts) -> Reason | None:
    most = limits(facts.job.queue).max_active
    if facts.stats is None or most is None or facts.stats.active < most:
        return None
    words = f"{facts.stats.active} jobs of the queue {facts.job.queue} run, and no more than {most} may."
    return Reason(words=words, mend="limits", subject=facts.job.queue)


def _all_are_busy(facts: _Facts) -> Reason | None:
    each = jobs_settings().queue(facts.job.queue).concurrency
    places = sum(min(each, process.threads) for process in facts.standings.get("alive", []))
    if facts.stats is None or not places or facts.stats.active < places or facts.placement != "there":
        return None
    words = f"All {places} places for the queue {facts.job.queue} are taken, and {facts.stats.waiting:,} jobs wait."
    return Reason(words=words, mend="priority")


def _rate_is_limited(facts: _Facts) -> Reason | None:
    limit = limits(facts.job.queue)
    if not limit.max_starts or not limit.window_ms or facts.stats is None or facts.stats.waiting < limit.max_starts:
        return None
    seconds = limit.window_ms / 1000
    words = f"No more than {limit.max_starts} jobs of {facts.job.queue} may start in {seconds:g} s; {{}} wait."
    return Reason(words=words.format(f"{facts.stats.waiting:,}"), mend="limits", subject=facts.job.queue)


def _group_is_at_its_limit(facts: _Facts) -> Reason | None:
    group, queue = facts.job.options.get("group"), facts.job.queue
    share = share_of(queue, group) if group and facts.stats is not None else None
    if share is None:
        return None
    waiting, active = dispatcher().group(queue, group)
    if share.max_active is not None and active >= share.max_active:
        return Reason(words=f"{active} jobs of the group {group} run, and no more than {share.max_active} may.")
    if share.max_starts and share.window_ms and waiting >= share.max_starts:
        seconds = share.window_ms / 1000
        words = (
            f"No more than {share.max_starts} jobs of the group {group} may start in {seconds:g} s; {waiting:,} wait."
        )
        return Reason(words=words)
    return None


def _runs_alone(facts: _Facts) -> Reason | None:
    if not facts.job.suspect:
        return None
    return Reason(words="It may have killed its process: it waits until it can run alone in one.")


def _only_if_pending(rule: Callable[[_Facts], Reason | None]) -> Callable[[_Facts], Reason | None]:
    return lambda facts: rule(facts) if facts.job.state in PENDING else None


RULES: Final[tuple[Callable[[_Facts], Reason | None], ...]] = (
    _runs,
    _is_blocked,
    _is_delayed,
    *map(
        _only_if_pending,
        (
            _queue_is_paused,
            _queue_is_held,
            _nobody_serves,
            _actor_is_unknown,
            _is_not_in_redis,
            _concurrency_is_full,
            _rate_is_limited,
            _group_is_at_its_limit,
            _all_are_busy,
            _runs_alone,
        ),
    ),
)
"""What is looked at, in the order in which it is told."""
