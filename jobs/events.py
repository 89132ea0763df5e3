"""Listens to what happens to a queue's jobs."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import redis
from django.db import connections

from jobs.models import Job
from jobs.services.dispatching import dispatcher
from jobs.services.queues import check_queue

logger = logging.getLogger("jobs.events")
BLOCK_MS = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `id` resumes after its flush; `data` is in the user's form ({jobId, returnvalue} …)."""

    id: str
    name: str
    data: dict[str, Any]


def _facts(name: str, row: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"jobId": row["job_id"]}
    if name == "completed":
        facts["returnvalue"] = row["result"]
    elif name == "failed":
        facts["failedReason"] = row["error"]
    elif name == "progress":
        facts["data"] = row["progress"]
    return facts


class QueueEvents:
    """The events of one queue, at least once each, after the commit of what they tell.

    Iterate, or register callbacks with `on` (they run on a thread of this object until `close`).
    """

    def __init__(self, queue: str, *, last_event_id: str | None = None) -> None:
        self.queue = check_queue(queue)
        self._key = dispatcher().keys(self.queue).events
        self._last = last_event_id or self._newest()
        self._callbacks: dict[str, list[Callable[[dict[str, Any]], None]]] = {}
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def _newest(self) -> str:
        newest: Any = dispatcher().client.xrevrange(self._key, count=1)
        return str(newest[0][0]) if newest else "0-0"

    def on(self, event: str, callback: Callable[[dict[str, Any]], None]) -> None:
        """Call back with the event's data; an error of the callback is logged."""
        self._callbacks.setdefault(event, []).append(callback)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"events-{self.queue}", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(BLOCK_MS / 1000 + 5)

    def __iter__(self) -> Iterator[Event]:
        """Yield events as they come, until closed."""
        while not self._closed.is_set():
            yield from self.read()

    def read(self, *, block_ms: int = BLOCK_MS) -> list[Event]:
        """Return the next events, waiting at most `block_ms` for one."""
        entry = self._last.partition(":")[0]
        answer: Any = dispatcher().client.xread({self._key: entry}, block=block_ms, count=100)
        events: list[Event] = []
        for entry_id, fields in answer[0][1] if answer else ():
            events += self._expand(entry_id, json.loads(fields["events"]))
        if events:
            self._last = events[-1].id
        return events

    def _expand(self, entry_id: str, pairs: list[list[str]]) -> list[Event]:
        rows: dict[str, Any] = {
            str(row["pk"]): row
            for row in Job.objects.filter(pk__in=[pair[0] for pair in pairs]).values(
                "pk", "job_id", "result", "error", "progress"
            )
        }
        return [
            Event(f"{entry_id}:{n}", name, _facts(name, rows[id_]))
            for n, (id_, name) in enumerate(pairs, start=1)
            if id_ in rows
        ]

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                events = self.read()
            except (redis.RedisError, OSError) as error:
                logger.warning("Events of %s wait for Redis (%s)", self.queue, error)
                self._closed.wait(1.0)
                continue
            for event in events:
                for callback in self._callbacks.get(event.name, ()):
                    try:
                        callback(event.data)
                    except Exception:
                        logger.exception("A callback for %s failed", event.name)
        connections.close_all()  # this thread's own


def get_queue_events(queue: str, *, last_event_id: str | None = None) -> QueueEvents:
    """Return the events of a queue from now on, or after `last_event_id`."""
    return QueueEvents(queue, last_event_id=last_event_id)
