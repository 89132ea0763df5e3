"""The door to enqueueing: payloads and Dramatiq messages become drafts, drafts become jobs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import dramatiq
from django.db import DEFAULT_DB_ALIAS

from jobs.declare import JobActor, attempts_of
from jobs.dedup import Dedup
from jobs.draft import Draft, draft
from jobs.handle import JobHandle
from jobs.payload import Payload
from jobs.services.dedup import enqueue_once
from jobs.services.enqueue import enqueue as place

_OURS = ("job_id", "priority", "attempts", "tenant", "expires")


def enqueue(
    payload: Payload,
    *,
    priority: int = 0,
    delay: timedelta | int | None = None,
    run_at: datetime | None = None,
    expires: timedelta | int | None = None,
    job_id: str | None = None,
    attempts: int | None = None,
    dedup: Dedup | None = None,
    group: str | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> JobHandle:
    """Enqueue a payload for its actor, in the caller's transaction; it is sent when that commits.

    `delay` in milliseconds or as timedelta, or `run_at`, a time with its zone. What has not started within `expires`
    (milliseconds or timedelta) ends cancelled, its reason "expired". `job_id` makes the call idempotent: a known one
    returns the job that is there, with `created` False. `dedup` makes equal jobs one (docs/deduplication.md), and
    `won` says what came of it. Groups of jobs take turns, each within its limits; of a queue that is `fair`, each
    tenant is a `group` of its own (docs/fair-shares.md). Redis need not be there.
    """
    if dedup is not None:
        hooks = Hooks()
        options = {"delay": delay, "run_at": run_at, "expires": expires, "job_id": job_id, "attempts": attempts}
        made = prepare(payload, hooks, priority=priority, group=group, **options)
        if job_id is None:
            made = replace(made, job_id=made.id)  # the key says which jobs are one, not the payload's default
        decided = enqueue_once(made, dedup, using=using)
        if decided.id == made.id:
            hooks.emit_after()
        return JobHandle(decided.id, created=decided.id == made.id, using=using, won=decided.won)
    return enqueue_many(
        [payload],
        using=using,
        priority=priority,
        delay=delay,
        run_at=run_at,
        expires=expires,
        job_id=job_id,
        attempts=attempts,
        group=group,
    )[0]


def enqueue_many(
    payloads: Iterable[Payload],
    *,
    priority: int = 0,
    delay: timedelta | int | None = None,
    run_at: datetime | None = None,
    expires: timedelta | int | None = None,
    job_id: str | None = None,
    attempts: int | None = None,
    group: str | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> list[JobHandle]:
    """Enqueue many payloads with the same options, all or nothing, in few statements."""
    options: dict[str, Any] = {
        "priority": priority,
        "delay": delay,
        "run_at": run_at,
        "expires": expires,
        "job_id": job_id,
        "attempts": attempts,
        "group": group,
    }
    hooks = Hooks()
    drafts = [prepare(payload, hooks, **options) for payload in payloads]
    handles = [JobHandle.of_placed(placed, using) for placed in place(drafts, using=using)]
    hooks.emit_after()
    return handles


@dataclass(slots=True)
class Hooks:
    """The messages whose middleware wants to hear once their jobs are enqueued."""

    messages: list[tuple[dramatiq.Broker, dramatiq.Message[Any], int | None]] = field(default_factory=list)

    def emit_after(self) -> None:
        """Tell the middleware."""
        for broker, message, wait in self.messages:
            broker.emit_after("enqueue", message, wait)


def prepare(payload: Payload, hooks: Hooks, **options: Any) -> Draft:
    """Return the draft of a payload, once the middleware that watches enqueues has seen its message."""
    actor = payload.actor()
    made = _draft_payload(actor, payload, **options)
    if not _watched(actor.broker):
        return made
    message = actor.message_with_options(args=(payload,)).copy(message_id=made.id)
    hooks.messages.append((actor.broker, message, made.delay_ms or None))
    actor.broker.emit_before("enqueue", message, made.delay_ms or None)
    left = {k: v for k, v in message.options.items() if k not in _OURS}  # a trace's headers, for example
    if made.group:
        left["group"] = made.group
    return replace(made, options=json.dumps(left)) if left else made


def enqueue_message(broker: dramatiq.Broker, message: dramatiq.Message[Any], *, delay: int | None = None) -> JobHandle:
    """Enqueue a Dramatiq message (`Actor.send`); its options may hold job_id, priority, attempts and tenant."""
    broker.emit_before("enqueue", message, delay)
    actor = broker.actors.get(message.actor_name)
    options = {k: v for k, v in message.options.items() if k not in _OURS}
    typed = isinstance(actor, JobActor)
    made = draft(
        message_id=message.message_id,
        queue=message.queue_name,
        actor=message.actor_name,
        payload=message.kwargs if typed else {"args": list(message.args), "kwargs": message.kwargs},
        options=options,
        job_id=message.options.get("job_id"),
        tenant=message.options.get("tenant") or "",
        priority=message.options.get("priority", 0),
        delay=delay,
        expires=message.options.get("expires") or (actor.options.get("expires") if actor else None),
        attempts=message.options.get("attempts") or attempts_of(actor, options),
        group=message.options.get("group"),
    )
    handle = JobHandle.of_placed(place([made])[0], DEFAULT_DB_ALIAS)
    broker.emit_after("enqueue", message, delay)
    return handle


def _draft_payload(actor: JobActor[Any, Any], payload: Payload, **options: Any) -> Draft:
    if options["job_id"] is None:
        options["job_id"] = payload.default_job_id()
    options["attempts"] = options["attempts"] or attempts_of(actor, {})
    if options["expires"] is None:
        options["expires"] = actor.options.get("expires")
    return draft(
        queue=actor.queue_name, actor=actor.actor_name, payload=payload.as_text(), tenant=payload.tenant, **options
    )


def _watched(broker: dramatiq.Broker) -> bool:
    """Tell whether a middleware wants to see messages being enqueued; building them costs as much as the row."""
    table = getattr(broker, "hooks", None)
    return table is None or bool(table("before_enqueue") or table("after_enqueue"))
