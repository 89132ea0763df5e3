"""The Dramatiq broker: a thin door from `Actor.send` to the enqueue service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dramatiq
from dramatiq.middleware import (
    AgeLimit,
    AsyncIO,
    Callbacks,
    Middleware,
    MiddlewareError,
    Pipelines,
    ShutdownNotifications,
    TimeLimit,
)

from jobs.conf import jobs_settings
from jobs.enqueueing import enqueue_message
from jobs.middleware import DatabaseConnections, Retries

_OWN = {"job_id", "priority", "attempts", "tenant", "expires", "cancel_grace", "backoff", "jitter"}


def default_middleware() -> list[Middleware]:
    """Return Dramatiq's default middleware with our Retries in place of its, and database connections kept fresh."""
    return [
        AgeLimit(),
        TimeLimit(time_limit=300_000),
        ShutdownNotifications(),
        Callbacks(),
        Pipelines(),
        AsyncIO(),  # one event loop a process; nothing per job
        Retries(),
        DatabaseConnections(),
        *_tracing(),
    ]


def _tracing() -> list[Middleware]:
    """Return the tracing middleware if it is wanted; OpenTelemetry need not be installed otherwise."""
    if not jobs_settings().tracing:
        return []
    from jobs.middleware.tracing import Tracing  # noqa: PLC0415  # imports an optional package

    return [Tracing()]


class JobBroker(dramatiq.Broker):
    """Keeps actors and middleware; what is sent becomes a row, and the worker (not a Consumer) takes it from there."""

    def __init__(self, middleware: list[Middleware] | None = None) -> None:
        self._hooks: dict[str, list[tuple[Middleware, Callable[..., Any]]]] = {}
        super().__init__(middleware or default_middleware())
        self.actor_options |= _OWN

    def add_middleware(self, middleware: Middleware, **where: Any) -> None:
        """Add a middleware, and forget the table of hooks."""
        self._hooks.clear()
        super().add_middleware(middleware, **where)

    def emit_before(self, signal: str, *args: Any, **kwargs: Any) -> None:
        """Fire a before hook on the middleware that overrides it; only MiddlewareError propagates, as in Dramatiq."""
        for middleware, hook in self.hooks(f"before_{signal}"):
            try:
                hook(self, *args, **kwargs)
            except MiddlewareError:
                raise
            except Exception:
                self.logger.critical("Unexpected failure in before_%s of %r.", signal, middleware, exc_info=True)

    def emit_after(self, signal: str, *args: Any, **kwargs: Any) -> None:
        """Fire an after hook, last middleware first; nothing propagates, as in Dramatiq."""
        for middleware, hook in self.hooks(f"after_{signal}"):
            try:
                hook(self, *args, **kwargs)
            except Exception:
                self.logger.critical("Unexpected failure in after_%s of %r.", signal, middleware, exc_info=True)

    def hooks(self, name: str) -> list[tuple[Middleware, Callable[..., Any]]]:
        """Return the hooks that do something, in firing order: most middleware override few, and a job fires eight."""
        if name not in self._hooks:
            base = getattr(Middleware, name, None)
            found = [(m, getattr(m, name)) for m in self.middleware if getattr(type(m), name, None) is not base]
            self._hooks[name] = found[::-1] if name.startswith("after_") else found
        return self._hooks[name]

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue; idempotent."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues[queue_name] = None
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: dramatiq.Message[Any], *, delay: int | None = None) -> dramatiq.Message[Any]:
        """Enqueue a message in the caller's transaction; a known job_id returns a message with that job's id."""
        handle = enqueue_message(self, message, delay=delay)
        return message if handle.id == message.message_id else message.copy(message_id=handle.id)

    def flush(self, queue_name: str) -> None:
        """Cancel everything of a queue that has not started."""
        from jobs.services.operate import drain  # noqa: PLC0415  (broker is built before the models are loaded)

        drain(queue=queue_name, delayed=True)

    def flush_all(self) -> None:
        """Cancel everything that has not started."""
        for queue in list(self.queues):
            self.flush(queue)


def forks(broker: dramatiq.Broker) -> list[Callable[[], Any]]:
    """Return the functions that middleware want run beside the workers, each in a process of its own."""
    return [fork for middleware in broker.middleware for fork in middleware.forks]


_booted: set[int] = set()


def boot(broker: dramatiq.Broker) -> None:
    """Fire `after_process_boot`, once in a process however often workers start in it."""
    if id(broker) not in _booted:
        _booted.add(id(broker))
        broker.emit_after("process_boot")
