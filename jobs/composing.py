"""The door to flows: plans of jobs that wait for one another, enqueued in one call, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from jobs.enqueueing import Hooks, prepare
from jobs.errors import NotInPlan
from jobs.flow_handle import FlowHandle
from jobs.handle import JobHandle
from jobs.on_failure import OnFailure
from jobs.payload import Payload
from jobs.services.plant import Planned, plant


@dataclass(frozen=True, slots=True)
class Node:
    """A job of a plan, which others of the plan may wait for."""

    id: str


After = Iterable[Node | JobHandle] | Mapping[Node | JobHandle, OnFailure | str]
"""What a job waits for: nodes of its plan and jobs that are there; a mapping gives each a policy of its own."""


class FlowPlan:
    """Jobs to enqueue together. Nothing is written before `enqueue`."""

    def __init__(self, name: str = "", *, key: str = "", using: str = DEFAULT_DB_ALIAS) -> None:
        self.name, self.key, self.using = name, key, using
        self._planned: dict[str, Planned] = {}
        self._hooks = Hooks()

    def add(
        self,
        payload: Payload,
        *,
        after: After = (),
        on_failure: OnFailure | str = OnFailure.FAIL,
        priority: int = 0,
        delay: timedelta | int | None = None,
        run_at: datetime | None = None,
        expires: timedelta | int | None = None,
        job_id: str | None = None,
        attempts: int | None = None,
    ) -> Node:
        """Plan a job that starts once all of `after` have completed; the options are those of `enqueue`.

        `on_failure` says what it does if one of them does not: fail, go_on, ignore, wait or skip (docs/flows.md). A
        delay counts from the enqueue, not from when the job is freed. Raises NotInPlan.
        """
        made = prepare(
            payload,
            self._hooks,
            priority=priority,
            delay=delay,
            run_at=run_at,
            expires=expires,
            job_id=job_id,
            attempts=attempts,
        )
        policies = after if isinstance(after, Mapping) else dict.fromkeys(after, on_failure)
        edges = {self._known(one): OnFailure(policy) for one, policy in policies.items()}
        self._planned[made.id] = Planned(draft=made, after=edges)
        return Node(made.id)

    def enqueue(self) -> FlowHandle:
        """Enqueue the plan in the caller's transaction, all or nothing; it starts when that commits.

        Raises FlowConflict, JobLost and OtherTenantsJob; nothing is enqueued then.
        """
        planted = plant(list(self._planned.values()), name=self.name, key=self.key, using=self.using)
        if planted.created:
            self._hooks.emit_after()
        jobs = [JobHandle.of_placed(placed, self.using) for placed in planted.placed]
        jobs += [JobHandle(id_, created=False, using=self.using) for id_ in planted.there]
        return FlowHandle(planted.id, created=planted.created, jobs=jobs, using=self.using)

    def _known(self, one: Node | JobHandle) -> str:
        if isinstance(one, JobHandle) or one.id in self._planned:
            return one.id
        raise NotInPlan(one)


def flow(name: str = "", *, key: str = "", using: str = DEFAULT_DB_ALIAS) -> FlowPlan:
    """Return an empty plan. A `key`, unique in its tenant, makes the enqueue idempotent: a known one adds nothing."""
    return FlowPlan(name, key=key, using=using)


Step = Payload | Sequence[Payload]
"""One link of a chain: a job, or jobs that run side by side."""


def chain(
    *steps: Step,
    name: str = "",
    key: str = "",
    on_failure: OnFailure | str = OnFailure.FAIL,
    using: str = DEFAULT_DB_ALIAS,
    **options: Any,
) -> FlowHandle:
    """Enqueue jobs one after another, all or nothing: `chain(Fetch(…), [Price(…), Price(…)], Report(…))`.

    A list fans out: its jobs run side by side, each after all of the step before; the step after waits for all of it.
    `options` are those of `enqueue`, the same for each job.
    """
    plan = flow(name, key=key, using=using)
    before: list[Node] = []
    for step in steps:
        payloads = [step] if isinstance(step, Payload) else step
        added = [plan.add(payload, after=before, on_failure=on_failure, **options) for payload in payloads]
        before = added or before
    return plan.enqueue()


def batch(
    payloads: Iterable[Payload],
    *,
    on_success: Payload | None = None,
    on_end: Payload | None = None,
    name: str = "",
    key: str = "",
    using: str = DEFAULT_DB_ALIAS,
    **options: Any,
) -> FlowHandle:
    """Enqueue jobs side by side, with what follows them, all or nothing; `options` are those of `enqueue`, for each.

    `on_success` starts once all have completed; as soon as one has failed it is cancelled, and waits again once that
    one is retried. `on_end` starts once all are over, however. Each starts once, and reads the jobs as its children.
    A batch of no jobs has succeeded.
    """
    plan = flow(name, key=key, using=using)
    members = [plan.add(payload, **options) for payload in payloads]
    if on_success is not None:
        plan.add(on_success, after=members, on_failure=OnFailure.SKIP)
    if on_end is not None:
        plan.add(on_end, after=members, on_failure=OnFailure.IGNORE)
    return plan.enqueue()
