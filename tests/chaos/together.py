"""Does several things at the same time, and fails if one of them does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def together(*functions: Callable[[], None]) -> None:
    """Call each on a thread of its own, none before all are ready."""
    ready = Barrier(len(functions))

    def call(function: Callable[[], None]) -> None:
        ready.wait()
        try:
            function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        list(pool.map(call, functions))
