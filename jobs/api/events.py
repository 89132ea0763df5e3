"""The request for events as they come: server-sent events (the HTML standard, section 9.2)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any, Final

import redis
from django.db import close_old_connections
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from jobs.api.any_type import AnyType
from jobs.conf import jobs_settings
from jobs.errors import InvalidEventId
from jobs.events import Event, EventReader
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import Reach, permit
from jobs.services.queues import check_queue
from jobs.services.visible import visible_queues

STREAMS: Final = BoundedSemaphore(4)
"""Streams a process: each holds one of the server's eight threads (jobs_project.gunicorn)."""
HEARTBEAT_S: Final = 10.0
LASTS_S: Final = 300.0
"""A stream ends after this, its thread serves others, and the client comes back to where it was."""


class TooManyStreams(exceptions.APIException):
    """Raised when a process has no thread left for another stream."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "Too many streams are open here. Try again soon."
    wait = 5


class EventsShape(serializers.Serializer[Any]):
    """Which events are wanted: of a queue, a job, a tenant; all within reach by default."""

    queue = serializers.CharField(max_length=64, required=False)
    jobId = serializers.CharField(source="job_id", max_length=200, required=False)  # noqa: N815  # JSON names
    tenant = serializers.CharField(max_length=64, required=False)
    lastEventId = serializers.CharField(source="last_event_id", max_length=2_000, required=False)  # noqa: N815


class EventsView(APIView):
    """What happens to jobs, as it happens."""

    content_negotiation_class = AnyType

    @extend_schema(
        operation_id="jobs_events", parameters=[EventsShape], responses={(200, "text/event-stream"): OpenApiTypes.STR}
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Stream events; the header `Last-Event-ID` goes on from there. A stream lasts five minutes."""
        wanted = EventsShape(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        asked = wanted.validated_data
        by = Operator.of_request(request)
        reach = permit(by, Deed.VIEW)
        if reach.tenants is not None and asked.get("tenant", "") not in {"", *reach.tenants}:
            raise exceptions.PermissionDenied
        queues = [check_queue(asked["queue"])] if "queue" in asked else visible_queues(by)
        after = _places(request.headers.get("Last-Event-ID") or asked.get("last_event_id", ""))
        if not STREAMS.acquire(blocking=False):
            raise TooManyStreams
        try:
            reader = EventReader(queues, after=after)
        except InvalidEventId as error:
            STREAMS.release()
            raise serializers.ValidationError({"lastEventId": [str(error)]}) from None
        except BaseException:
            STREAMS.release()
            raise
        stream = _Stream(reader, reach, asked, request.META.get("gunicorn.socket"))
        answer = StreamingHttpResponse(stream, content_type="text/event-stream")
        answer["Cache-Control"] = "no-store"
        answer["X-Accel-Buffering"] = "no"  # nginx would collect events
        return answer


class _Stream:
    """One client's stream: closed by the server when the client has gone, is too slow, or the time is over."""

    def __init__(self, reader: EventReader, reach: Reach, asked: Mapping[str, str], socket: Any) -> None:
        self._reader, self._reach, self._asked, self._socket = reader, reach, asked, socket
        self._places = reader.places
        self._events = self._run()
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._events

    def close(self) -> None:
        """Free the stream's place; once, whoever calls."""
        if self._open:
            self._open = False
            self._events.close()  # type: ignore[attr-defined]  # it is a generator
            STREAMS.release()

    def _run(self) -> Iterator[bytes]:
        if self._socket is not None:
            self._socket.settimeout(
                jobs_settings().slow_reader_s
            )  # else a client that does not read would hold the thread for ever
        end = time.monotonic() + LASTS_S
        said = time.monotonic()
        yield b"retry: 1000\n\n"
        while (now := time.monotonic()) < end:
            try:
                events = self._reader.read()
            except (redis.RedisError, OSError):
                return  # the client comes back, and finds Redis or a problem
            close_old_connections()
            text = self._text(events)
            if text:
                said = now
                yield text.encode()
            elif now - said > HEARTBEAT_S:
                said = now
                yield b": beat\n\n"

    def _text(self, events: Sequence[Event]) -> str:
        """Return the events that the client wants; each id tells no place that lies ahead of it."""
        text = []
        for event in events:
            self._places[event.queue] = event.id
            if self._wants(event):
                text.append(_format(event, self._places))
        self._places = self._reader.places
        return "".join(text)

    def _wants(self, event: Event) -> bool:
        if not self._reach.holds(queue=event.queue, tenant=event.tenant):
            return False
        job, tenant = self._asked.get("job_id"), self._asked.get("tenant")
        return (not job or job in (event.job, event.data["jobId"])) and (not tenant or tenant == event.tenant)


def _format(event: Event, places: Mapping[str, str]) -> str:
    place = ",".join(f"{queue}={at}" for queue, at in places.items())
    body = json.dumps({"queue": event.queue, **event.data}, separators=(",", ":"))  # no line break in it
    return f"id: {place}\nevent: {event.name}\ndata: {body}\n\n"


def _places(text: str) -> dict[str, str]:
    """Return the places that an event's id tells."""
    pairs = (part.rpartition("=") for part in text.split(",") if part)
    return {queue: place for queue, _, place in pairs}
