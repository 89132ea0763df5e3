"""The one true clock of a run, and a wrong one for the processes of a host: `CHAOS_CLOCK_S` seconds ahead or behind.

Only what tells the time of day is wrong there (Python's clocks and the ids that carry a time); spans stay true, as on a
real host. Servers keep the true clock: they are other machines.
"""

from __future__ import annotations

import os
import time
from typing import Any

import time_machine

VARIABLE = "CHAOS_CLOCK_S"


def now() -> float:
    """Return the true time, whatever this process believes."""
    hatch = time_machine.escape_hatch
    return float(hatch.time.time()) if hatch.is_travelling() else time.time()


def set_wrong() -> None:
    """Let this process live in the wrong time, if it was told to; once, before anything asks for the time."""
    if not (seconds := float(os.environ.get(VARIABLE, "0"))):
        return
    time_machine.travel(time.time() + seconds, tick=True).start()
    import uuid_utils  # noqa: PLC0415  (it reads the clock by itself)
    import uuid_utils.compat  # noqa: PLC0415

    shift = int(seconds * 1000) << 80  # a UUIDv7 begins with the milliseconds of its making

    def wrong(make: Any) -> Any:
        def uuid7() -> Any:
            right = make()
            return type(right)(int=right.int + shift)

        return uuid7

    for module in (uuid_utils, uuid_utils.compat):
        module.uuid7 = wrong(module.uuid7)  # type: ignore[attr-defined]
