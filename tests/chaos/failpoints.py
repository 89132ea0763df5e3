"""Kills the worker process that first passes a named point, as often as the row has left tokens for it.

A token is a file in the directory of CHAOS_FAILPOINTS; whoever deletes it dies. The points inside the engine are put
around its functions from here, so that the engine knows nothing of them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

POINTS = (
    "before-claim",
    "after-claim",
    "mid-job",
    "after-effect",
    "before-record",
    "after-record",
    "before-beat",
    "after-beat",
    "before-complete-commit",
    "after-complete-commit",
)


def die_at(point: str) -> None:
    """Die here if a token for the point lies there."""
    folder = os.environ.get("CHAOS_FAILPOINTS")
    if not folder:
        return
    try:
        (Path(folder) / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _around(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        die_at(f"before-{name}")
        answer = function(*args, **kwargs)
        die_at(f"after-{name}")
        return answer

    return wrapped


def install() -> None:
    """Put the points into this process; nothing where no row asks for them."""
    if not os.environ.get("CHAOS_FAILPOINTS"):
        return
    from jobs.dispatch.dispatcher import Dispatcher  # noqa: PLC0415  (only worker processes of a row load these)
    from jobs.worker import holdings, recorder  # noqa: PLC0415

    for module, name in ((holdings, "claim"), (recorder, "record")):
        setattr(module, name, _around(getattr(module, name), name))
    Dispatcher.beat = _around(Dispatcher.beat, "beat")  # type: ignore[method-assign]
