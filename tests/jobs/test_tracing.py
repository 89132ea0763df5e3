"""Traces: what enqueues, the job and what the job enqueues are one trace, and log lines name it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import dramatiq
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jobs import Fail, Payload, actor, enqueue
from jobs.middleware.tracing import Tracing
from jobs.testing import drain
from jobs_project import logs

EXPORTER = InMemorySpanExporter()


class Parent(Payload):
    """Enqueues a follow-up."""


class FollowUp(Payload):
    """Fails for good."""


@actor(queue_name="calculation", actor_name="traced-parent")
def traced_parent(payload: Parent) -> None:
    """Enqueue the follow-up under an id of its own, so that twice is once."""
    logging.getLogger("farm").warning("from inside")
    enqueue(FollowUp(), job_id="follow-up")


@actor(queue_name="reports", actor_name="traced-follow-up")
def traced_follow_up(payload: FollowUp) -> None:
    """Fail; twice does no harm."""
    raise Fail("as told")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Hand out what the tracing of this test exports."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(EXPORTER))
        trace.set_tracer_provider(provider)
    EXPORTER.clear()
    broker = dramatiq.get_broker()
    tracing = Tracing()
    broker.add_middleware(tracing)
    yield EXPORTER
    broker.middleware.remove(tracing)
    broker._hooks.clear()  # type: ignore[attr-defined]  # our broker's table of hooks


@pytest.mark.django_db(transaction=True)
def test_enqueue_run_and_follow_up_are_one_trace(
    jobs_without_redis: None, spans: InMemorySpanExporter, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = logging.StreamHandler()
    formatter: Any = logs.configuration(form="json", level="INFO")["formatters"]["json"]
    handler.setFormatter(formatter.pop("()")(**formatter))
    logging.getLogger("farm").addHandler(handler)
    with trace.get_tracer("test").start_as_current_span("request") as request:
        enqueue(Parent())

    drain()
    logging.getLogger("farm").removeHandler(handler)

    found = {span.name: span for span in spans.get_finished_spans()}
    names = ("enqueue traced-parent", "run traced-parent", "enqueue traced-follow-up", "run traced-follow-up")
    assert {found[name].context.trace_id for name in names} == {request.get_span_context().trace_id}
    parents: list[Any] = [found[name].parent for name in names]
    assert [parent.span_id for parent in parents[1:]] == [found[name].context.span_id for name in names[:3]]
    assert [found[name].status.status_code.name for name in names[1::2]] == ["UNSET", "ERROR"]
    line = json.loads(next(line for line in capsys.readouterr().err.splitlines() if "from inside" in line))
    assert line["trace_id"] == f"{request.get_span_context().trace_id:032x}"
    assert line["span_id"] == f"{found['run traced-parent'].context.span_id:016x}"
