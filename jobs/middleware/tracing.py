"""OpenTelemetry: one trace from what enqueues through the job to what the job enqueues. Optional: `JOBS["TRACING"]`.

Needs `opentelemetry-api`; who exports is the SDK's business (`opentelemetry-instrument`, requirements-otel.txt).
"""

from __future__ import annotations

from contextlib import ExitStack
from threading import local
from typing import Any, Final

from dramatiq.middleware import Middleware
from opentelemetry import context, trace
from opentelemetry.propagate import extract, inject
from opentelemetry.trace import SpanKind, StatusCode

CARRIER: Final = "trace"
"""The message's option in which the trace travels, in W3C's words (`traceparent`)."""


class Tracing(Middleware):
    """A producer's span for each enqueue, a consumer's for each run, tied by what the message carries."""

    def __init__(self) -> None:
        self._tracer = trace.get_tracer("jobs")
        self._here = local()

    def before_enqueue(self, broker: Any, message: Any, delay: int | None) -> None:
        """Note the trace that goes on with this message; a retry keeps that of its first enqueue."""
        if CARRIER in message.options:
            return
        facts = {"messaging.destination.name": message.queue_name, "jobs.actor": message.actor_name}
        with self._tracer.start_as_current_span(
            f"enqueue {message.actor_name}", kind=SpanKind.PRODUCER, attributes=facts
        ):
            carrier: dict[str, str] = {}
            inject(carrier)
            if carrier:
                message.options[CARRIER] = carrier

    def before_process_message(self, broker: Any, message: Any) -> None:
        """Begin the run's span, and make it the current one of this thread."""
        stack = ExitStack()
        token = context.attach(extract(message.options.get(CARRIER) or {}))
        stack.callback(context.detach, token)
        facts = {"messaging.message.id": str(message.message_id), "jobs.queue": message.queue_name}
        span = stack.enter_context(
            self._tracer.start_as_current_span(f"run {message.actor_name}", kind=SpanKind.CONSUMER, attributes=facts)
        )
        self._here.run = (stack, span)

    def after_process_message(self, broker: Any, message: Any, *, result: Any = None, exception: Any = None) -> None:
        """End the run's span, with its error if it failed."""
        run = getattr(self._here, "run", None)
        if run is None:
            return
        stack, span = run
        self._here.run = None
        if exception is not None:
            span.record_exception(exception)
            span.set_status(StatusCode.ERROR, type(exception).__name__)
        stack.close()

    after_skip_message = after_process_message
