"""Listens to what happens to the jobs of queues."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import redis
from django.db import close_old_connections, connections

from jobs.dispatch.publish import REMEMBERED_S, listen
from jobs.dispatch.streams import read_streams
from jobs.errors import InvalidEventId
from jobs.models import Job
from jobs.services.dispatching import dispatcher
from jobs.services.queues import check_queue

logger = logging.getLogger("jobs.events")
BLOCK_MS = 1_000
KINDS: Final = ("waiting", "delayed", "active", "progress", "completed", "failed", "cancelled", "lost")


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `id` is where to go on; `data` is in the user's form ({jobId, returnvalue} …)."""

    id: str
    name: str
    data: dict[str, Any]
    queue: str
    job: str
    """The job's UUID."""
    tenant: str


def _facts(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"jobId": row["job_id"]}
    if name == "completed":
        facts["returnvalue"] = row["result"]
    elif name == "failed":
        facts["failedReason"] = row["error"]
    elif name == "progress":
        facts["data"] = row["progress"]
    return facts


class EventReader:
    """Reads the events of some queues, in the order of each, from now on or behind the places given.

    A place is an event's id: "entry:number". What is left of its entry comes first.
    """

    def __init__(self, queues: Sequence[str], *, after: Mapping[str, str] | None = None) -> None:
        self.queues = [check_queue(queue) for queue in queues]
        self._by_key = {dispatcher().keys(queue).events: queue for queue in self.queues}
        self._listen()
        given = {queue: place for queue, place in (after or {}).items() if queue in self.queues}
        self._places = {queue: given.get(queue) or self._newest(queue) for queue in self.queues}
        self._rest = {queue: place for queue, place in given.items() if _numbered(place)}

    @property
    def places(self) -> dict[str, str]:
        """By queue, the id of the last event read, or where the stream stood."""
        return dict(self._places)

    def read(self, *, block_ms: int = BLOCK_MS) -> list[Event]:
        """Return the next events, waiting at most `block_ms` for one; raises redis.RedisError."""
        if time.monotonic() > self._listen_again_at:
            self._listen()
        if self._rest:
            queue, place = self._rest.popitem()
            if events := self._rest_of(queue, place):
                return events
        streams = {key: self._places[queue].partition(":")[0] for key, queue in self._by_key.items()}
        events = []
        for key, entries in read_streams(dispatcher().client, streams, block_ms=block_ms):
            queue = self._by_key[key]
            events += self._expand(queue, entries)
            self._places[queue] = entries[-1][0]  # also when no job of it is left
        for event in events:
            self._places[event.queue] = event.id
        return events

    def _listen(self) -> None:
        listen(dispatcher(), self.queues)
        self._listen_again_at = time.monotonic() + REMEMBERED_S / 24

    def _newest(self, queue: str) -> str:
        newest: Any = dispatcher().client.xrevrange(dispatcher().keys(queue).events, count=1)
        return str(newest[0][0]) if newest else "0-0"

    def _rest_of(self, queue: str, place: str) -> list[Event]:
        entry, _, number = place.partition(":")
        found: Any = dispatcher().client.xrange(dispatcher().keys(queue).events, entry, entry)
        events = [event for event in self._expand(queue, found) if int(event.id.partition(":")[2]) > int(number)]
        if events:
            self._places[queue] = events[-1].id
        return events

    def _expand(self, queue: str, entries: Sequence[tuple[str, dict[str, str]]]) -> list[Event]:
        told = [
            (f"{entry}:{n}", id_, name)
            for entry, fields in entries
            for n, (id_, name) in enumerate(json.loads(fields["events"]), start=1)
        ]
        names = ("pk", "job_id", "tenant", "result", "error", "progress")
        rows = {str(row["pk"]): row for row in Job.objects.filter(pk__in={id_ for _, id_, _ in told}).values(*names)}
        return [
            Event(place, name, _facts(name, rows[id_]), queue, id_, rows[id_]["tenant"])
            for place, id_, name in told
            if id_ in rows
        ]


def _numbered(place: str) -> bool:
    """Tell whether a place is inside an entry; raises InvalidEventId for what is no place at all."""
    entry, colon, number = place.partition(":")
    parts = [*entry.split("-"), *([number] if colon else [])]
    if not all(part.isascii() and part.isdigit() and len(part) < 21 for part in parts) or entry.count("-") != 1:
        raise InvalidEventId(place)
    return bool(colon)


class QueueEvents:
    """The events of one queue, at least once each, after the commit of what they tell.

    Iterate, or register callbacks with `on` (they run on a thread of this object until `close`).
    """

    def __init__(self, queue: str, *, last_event_id: str | None = None) -> None:
        self.queue = queue
        self._reader = EventReader([queue], after={queue: last_event_id} if last_event_id else None)
        self._callbacks: dict[str, list[Callable[[dict[str, Any]], None]]] = {}
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

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
        return self._reader.read(block_ms=block_ms)

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                events = self.read()
                close_old_connections()
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
