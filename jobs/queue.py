"""The user's API of queues in Python: get a queue, its jobs, its counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from jobs.errors import InvalidOption
from jobs.handle import JobHandle
from jobs.keeping import Keeping
from jobs.models import Job
from jobs.operator import SYSTEM
from jobs.services.change import promote_all
from jobs.services.dedup import release as release_key
from jobs.services.dedup import saved
from jobs.services.figures import QueueFigures, figures
from jobs.services.limits import (
    clear_rate_limit,
    hold,
    pause,
    release_hold,
    resume,
    retention,
    set_concurrency,
    set_max_active,
    set_rate_limit,
    set_retention,
)
from jobs.services.obliterate import obliterate
from jobs.services.operate import drain
from jobs.services.operations import retry_all
from jobs.services.prune import prune
from jobs.services.queues import check_queue, find_job, job_status, metrics, queue_names
from jobs.services.shares import set_share
from jobs.states import FINISHED, State


class Queue:
    """One queue, by name."""

    def __init__(self, name: str) -> None:
        self.name = check_queue(name)

    def get_job(self, job_id: str | UUID) -> JobHandle | None:
        """Return a job by its job_id or UUID, None for an unknown one."""
        row = find_job(self.name, job_id)
        return JobHandle.of_row(row) if row else None

    def get_jobs(self, state: str, start: int = 0, end: int = 99) -> list[JobHandle]:
        """Return jobs in a state, the latest first, from index `start` to `end` (both inside)."""
        rows = Job.objects.filter(queue=self.name, state=state).order_by("-finished_at", "-pk")[start : end + 1]
        return [JobHandle.of_row(row) for row in rows]

    def get_failed(self, start: int = 0, end: int = 99) -> list[JobHandle]:
        """Return dead letters, the latest first."""
        return self.get_jobs(State.FAILED, start, end)

    def retry_failed(self) -> int:
        """Bring all dead letters back; return how many."""
        return retry_all(queue=self.name)

    def promote_all(self) -> int:
        """Let all delayed jobs start now, priorities kept; return how many."""
        return promote_all(queue=self.name)

    def clean(self, grace_ms: int, limit: int, state: str = State.COMPLETED) -> int:
        """Delete up to `limit` jobs that finished in `state` more than `grace_ms` ago; return how many.

        Raises InvalidOption for a state of unfinished jobs: these are cancelled by `drain` first.
        """
        if state not in FINISHED:
            raise InvalidOption("state", state, f"one of {', '.join(FINISHED)}")
        span = timedelta(milliseconds=grace_ms)
        return prune(queue=self.name, states=[State(state)], older_than=span, limit=limit, by=SYSTEM)

    def drain(self, *, delayed: bool = False) -> int:
        """Cancel what waits, with `delayed` also what is delayed or blocked; return how many."""
        return drain(queue=self.name, delayed=delayed)

    def obliterate(self, *, confirm: str, force: bool = False) -> int:
        """Delete every job of this queue for good; `confirm` is its name, typed again. Return how many.

        Raises NotConfirmed, and QueueBusy while jobs run, unless `force`.
        """
        return obliterate(self.name, confirm=confirm, force=force)

    def counts(self) -> dict[str, int]:
        """Return the six counters."""
        return metrics([self.name])[self.name]

    def pause(self) -> None:
        """Pause the queue for all workers."""
        pause(self.name)

    def resume(self) -> None:
        """Let it go on."""
        resume(self.name)

    def set_rate_limit(self, max_starts: int, window: timedelta | int) -> None:
        """Let at most `max_starts` jobs start in any window (milliseconds or timedelta), over all workers."""
        set_rate_limit(self.name, max_starts=max_starts, window=window)

    def clear_rate_limit(self) -> None:
        """Go back to the rate limit of the settings, or to none."""
        clear_rate_limit(self.name)

    def set_concurrency(self, jobs: int | None) -> None:
        """Let each worker process run that many jobs of this queue at a time; None: as the settings say."""
        set_concurrency(self.name, jobs=jobs)

    def set_group_limits(
        self,
        group: str = "",
        *,
        max_active: int | None = None,
        max_starts: int | None = None,
        window: timedelta | int | None = None,
    ) -> None:
        """Limit what a group, or without a name every other group, has of this queue; nothing lifts its limits."""
        set_share(self.name, group=group, max_active=max_active, max_starts=max_starts, window=window)

    def set_global_concurrency(self, jobs: int | None) -> None:
        """Let all workers together run at most that many jobs of this queue at a time; None: no limit."""
        set_max_active(self.name, jobs=jobs)

    def set_retention(
        self,
        *,
        completed_days: float | None = None,
        failed_days: float | None = None,
        completed: int | None = None,
        failed: int | None = None,
    ) -> None:
        """Keep finished jobs for that many days, and that many of them; None: as the settings say.

        `failed` is for cancelled jobs too, each state by itself. Raises InvalidOption.
        """
        keep = Keeping(completed_days=completed_days, failed_days=failed_days, completed=completed, failed=failed)
        set_retention(self.name, keep=keep)

    @property
    def retention(self) -> Keeping:
        """What the queue keeps now."""
        return retention(self.name)

    def release_key(self, key: str, *, tenant: str = "") -> bool:
        """Let go of a deduplication key, so that the next enqueue under it makes a job; false if nothing was held."""
        return release_key(queue=self.name, key=key, tenant=tenant)

    def deduplicated(self) -> dict[str, int]:
        """Return how many payloads deduplication has dropped (kept) and replaced, as far as keys are remembered."""
        return saved(self.name)

    def hold(self, delay: timedelta | int) -> None:
        """Let nothing start for a while (milliseconds or timedelta); what waits stays waiting."""
        hold(self.name, delay=delay, by=SYSTEM)

    def release_hold(self) -> None:
        """End a hold before its time."""
        release_hold(self.name)


def get_queue(name: str) -> Queue:
    """Return a queue; raises UnknownQueue."""
    return Queue(name)


def get_job_status(queue: str, job_id: str | UUID) -> dict[str, Any] | None:
    """Return {state, progress, result, error} of a job by job_id or UUID, None for an unknown one."""
    return job_status(check_queue(queue), job_id)


def get_queue_metrics(queue: str) -> dict[str, int]:
    """Return a queue's six counters."""
    return metrics([check_queue(queue)])[queue]


def get_queue_figures(queue: str) -> QueueFigures:
    """Return how a queue has been doing in the last minute, hour and day, as a whole and by actor."""
    return figures([check_queue(queue)], now=timezone.now())[queue]


def get_all_queue_metrics() -> dict[str, dict[str, int]]:
    """Return the six counters of every queue."""
    return metrics(queue_names())
