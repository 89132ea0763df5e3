"""The event loop of async actors, where no worker runs one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction, unwrap

import dramatiq
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.middleware import AsyncIO


@contextmanager
def event_loop(broker: dramatiq.Broker) -> Iterator[None]:
    """Run a loop, if an actor wants one and there is none."""
    wanted = any(iscoroutinefunction(unwrap(actor.fn)) for actor in broker.actors.values())
    if not wanted or get_event_loop_thread() is not None:
        yield
        return
    middleware = AsyncIO()
    middleware.before_worker_boot(broker, None)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        middleware.after_worker_shutdown(broker, None)  # type: ignore[no-untyped-call]
