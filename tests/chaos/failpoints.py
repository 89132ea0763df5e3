"""Strikes the worker process that first passes a named point, as often as the row has left tokens for it.

A token is a file in the directory of CHAOS_FAILPOINTS; whoever deletes it dies, or does what stands in it: its thread
hangs, or ends; its process stops. A number after the word lets it happen so many seconds later. The points inside the
engine are put around its functions from here, so that the engine knows nothing of them.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
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
    "during-complete-commit",
    "after-complete-commit",
)
CARETAKER_POINTS = ("before-fire", "before-keep", "before-add", "after-fire")
"""Due times are about to be looked for; a job is enqueued, but not committed; committed, but not sent; sent."""


def strike_at(point: str) -> None:
    """Die here, or do what the token says, if one for the point lies there."""
    folder = os.environ.get("CHAOS_FAILPOINTS")
    if not folder:
        return
    token = Path(folder) / point
    try:
        what = token.read_text()
        token.unlink()
    except FileNotFoundError:
        return
    word, _, seconds = what.partition(" ")
    if seconds:
        threading.Timer(float(seconds), STRIKES[word]).start()
    else:
        STRIKES[word]()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _hang() -> None:
    threading.Event().wait()


def _end() -> None:
    raise SystemExit


STRIKES: dict[str, Callable[[], None]] = {"": _die, "die": _die, "stop": _stop, "hang": _hang, "end": _end}


def _around(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        strike_at(f"before-{name}")
        answer = function(*args, **kwargs)
        strike_at(f"after-{name}")
        return answer

    return wrapped


def install() -> None:
    """Put the points into this process; nothing where no row asks for them."""
    if not os.environ.get("CHAOS_FAILPOINTS"):
        return
    if "jobs_caretaker" in sys.argv:
        _install_in_caretaker()
        return
    from jobs.dispatch.dispatcher import Dispatcher  # noqa: PLC0415  (only worker processes of a row load these)
    from jobs.worker import holdings, recorder  # noqa: PLC0415

    for module, name in ((holdings, "claim"), (recorder, "record")):
        setattr(module, name, _around(getattr(module, name), name))
    Dispatcher.beat = _around(Dispatcher.beat, "beat")  # type: ignore[method-assign]


def _install_in_caretaker() -> None:
    from jobs.caretaker import schedules  # noqa: PLC0415  (as above)
    from jobs.dispatch.dispatcher import Dispatcher  # noqa: PLC0415
    from jobs.services import fire, operation_step  # noqa: PLC0415

    places = ((schedules, "fire_due"), (fire, "_keep"), (Dispatcher, "add"), (operation_step, "_note"))
    for place, name in places:
        point = name.strip("_").removesuffix("_due")
        setattr(place, name, _around(getattr(place, name), point))
