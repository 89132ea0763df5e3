"""A job as its caller sees it: what was asked, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps

from jobs.dedup import Won
from jobs.draft import Draft
from jobs.errors import JobLost, StaleJob
from jobs.operator import SYSTEM, Operator
from jobs.payload import Payload
from jobs.services.change import change_delay, change_priority, promote
from jobs.services.children import Child, children
from jobs.services.edit import edit
from jobs.services.operate import cancel, retry
from jobs.services.wait import wait_until_finished
from jobs.states import FINISHED, PENDING, STARTABLE, State

if TYPE_CHECKING:
    from jobs.models import Job
    from jobs.services.enqueue import Placed


class JobHandle:
    """A job. What the caller gave is known at once; what changes is read on first use (`refresh` reads again).

    `created` and `won` say what the enqueue came to: a new job, or the one that was there (docs/deduplication.md).
    """

    __slots__ = ("_draft", "_row", "created", "id", "using", "won")

    def __init__(
        self,
        id_: str,
        *,
        created: bool,
        draft: Draft | None = None,
        row: Job | None = None,
        using: str = "default",
        won: Won | None = None,
    ) -> None:
        self.id, self.created, self.using = id_, created, using
        self.won = won or (Won.NEW if created else Won.KEPT)
        self._draft, self._row = draft, row

    @classmethod
    def of_placed(cls, placed: Placed, using: str) -> JobHandle:
        """Return the handle of what an enqueue returned."""
        return cls(placed.id, created=placed.created, draft=placed.draft if placed.created else None, using=using)

    @classmethod
    def of_row(cls, row: Job, using: str = "default") -> JobHandle:
        """Return the handle of a row."""
        return cls(str(row.pk), created=False, row=row, using=using)

    def refresh(self) -> JobHandle:
        """Read the row anew; raises JobLost if it is gone."""
        self._row = apps.get_model("jobs", "Job").objects.using(self.using).filter(pk=self.id).first()
        if self._row is None:
            raise JobLost(self.id)
        return self

    @property
    def row(self) -> Job:
        """The row, read on first use."""
        if self._row is None:
            self.refresh()
        assert self._row is not None  # noqa: S101  (refresh raises instead)
        return self._row

    def _known(self, name: str) -> Any:
        return getattr(self._draft, name) if self._draft is not None else getattr(self.row, name)

    @property
    def job_id(self) -> str:
        """The idempotency key."""
        return str(self._known("job_id"))

    @property
    def queue(self) -> str:
        """The queue's name."""
        return str(self._known("queue"))

    @property
    def priority(self) -> int:
        """0 to 1000, higher first."""
        return int(self._known("priority"))

    @property
    def data(self) -> dict[str, Any]:
        """The payload."""
        payload = self._known("payload")
        return json.loads(payload) if isinstance(payload, str) else payload  # type: ignore[no-any-return]

    @property
    def state(self) -> str:
        """The state at the last reading."""
        return str(self.row.state)

    @property
    def attempts_made(self) -> int:
        """Charged runs so far."""
        return int(self.row.attempts)

    @property
    def failed_reason(self) -> str | None:
        """What the last failed run raised, None if none did."""
        return self.row.error or None

    @property
    def progress(self) -> Any:
        """The last reported progress, a number or an object."""
        return self.row.progress

    @property
    def returnvalue(self) -> Any:
        """The result, None until completed."""
        return self.row.result

    @property
    def finished_at(self) -> datetime | None:
        """When it ended, None until then."""
        return self.row.finished_at

    def children(self) -> list[Child]:
        """Return the jobs that this one waits for, with what became of them, read now."""
        return children(self.id, using=self.using)

    def retry(self) -> JobHandle:
        """Bring a finished job back with a fresh round of attempts; raises StaleJob if it is not finished."""
        return self._moved(retry([self.id], using=self.using), FINISHED)

    def change_priority(self, priority: int) -> JobHandle:
        """Give a job that has not started another priority; raises StaleJob if it has."""
        return self._moved(change_priority([self.id], priority=priority, using=self.using), PENDING)

    def change_delay(self, delay: timedelta | int) -> JobHandle:
        """Let a job that has not started start `delay` (milliseconds, timedelta) from now; raises StaleJob."""
        return self._moved(change_delay([self.id], delay=delay, using=self.using), STARTABLE)

    def promote(self) -> JobHandle:
        """Let a delayed job start now; raises StaleJob if it is not delayed."""
        return self._moved(promote([self.id], using=self.using), [State.DELAYED])

    def edit(
        self,
        payload: Payload | Mapping[str, Any] | None = None,
        *,
        priority: int | None = None,
        delay: timedelta | int | None = None,
        retry: bool = False,
        by: str = "",
        reason: str = "",
    ) -> JobHandle:
        """Change a job that has not started or is a dead letter, which `retry` also brings back.

        Raises StaleJob for any other, JobLost for one that is gone, and what an enqueue raises for such values.
        """
        who = Operator(user_id=by) if by else SYSTEM
        edit(
            self.id,
            payload=payload,
            priority=priority,
            delay=delay,
            retry=retry,
            by=who,
            reason=reason,
            using=self.using,
        )
        return self._moved([self.id], [])

    def cancel(self, *, by: str = "", reason: str = "") -> JobHandle:
        """Cancel the job: at once if it has not started, else it is asked to stop; raises StaleJob if it is over."""
        who = Operator(user_id=by) if by else SYSTEM
        return self._moved(cancel([self.id], by=who, reason=reason, using=self.using), [*PENDING, State.ACTIVE])

    def _moved(self, ids: Sequence[str], expected: Sequence[str]) -> JobHandle:
        """Return the job as it is now; raises StaleJob if it was not moved."""
        if not ids:
            raise StaleJob(self.id, expected=" or ".join(expected), found=self.refresh().state)
        self._draft = None
        return self.refresh()

    def wait_until_finished(self, timeout: float = 30.0) -> Any:
        """Wait until the job has ended, at most `timeout` seconds, and return its result.

        Raises JobFailed if it ended otherwise, WaitTimeout, or JobLost if its row is gone.
        """
        try:
            return wait_until_finished(self.id, timeout=timeout, using=self.using)
        finally:
            self._row = None

    def __repr__(self) -> str:
        return f"<JobHandle {self.id} {'new' if self.created else 'known'}>"
