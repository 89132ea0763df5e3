"""One child of a supervisor and what is known of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jobs.conf import jobs_settings
from jobs.worker.pulse import Pulse

NOTICED_S = 1.0
"""Time between two looks counts up to this: whoever looks may have been suspended."""
STARTS_WITHIN_S = 120.0
"""A busy machine takes its time to import a project; killing a child for that would start the same again."""
GETS_ON_S = 2.0
"""A thread that has moved within this time gets on: it does so once a second with nothing to do."""
EXIT_RETIRED = 71
"""What a worker process ends with that an operator has stopped: none takes its place."""


@dataclass(slots=True)
class Child:
    """A running child process: a worker with its process id in the database, or another one (empty id)."""

    process: str
    popen: subprocess.Popen[bytes]
    pulse: Pulse
    name: str = "worker"
    started_at: float = field(default_factory=time.monotonic)
    _counters: tuple[int, int] = (0, 0)
    _silent_s: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _alone_s: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _looked_at: float = field(default_factory=time.monotonic)
    _stopped_at: float | None = None

    def overdue(self, now: float) -> str:
        """Return why this child must be killed, empty if it need not; `now` is `time.monotonic()`."""
        if not _is_stopped(self.popen.pid):
            self._stopped_at = None
        elif self._stopped_at is None:
            self._stopped_at = now  # not from its last move on: we may have been stopped with it
        elif now - self._stopped_at > jobs_settings().lease_s / 3:
            return "it has been stopped by a signal; its jobs would wait for ever"
        if not self.process:
            return ""  # the caretaker keeps no pulse
        deadlines = self.pulse.deadlines()
        if deadlines and now > min(deadlines):
            return "a job has passed its hard time limit"
        self._listen(now)
        return self._silence(running=bool(deadlines))

    def _silence(self, *, running: bool) -> str:
        """Return what its threads' silence tells, empty for nothing."""
        limit = jobs_settings().silent_s
        if not any(self._counters):
            late = min(self._silent_s) > max(limit, STARTS_WITHIN_S)
            return f"it has not started within {STARTS_WITHIN_S:g} s" if late else ""
        if not running and min(self._silent_s) > limit:
            return f"it has shown no life for {limit:g} s"
        for name, alone_s in zip(("I/O thread", "recorder"), self._alone_s, strict=True):
            if alone_s > limit:
                return f"its {name} has hung for {limit:g} s"
        return ""

    def _listen(self, now: float) -> None:
        """Sum up for how long each of both threads has stood still, and for how long it alone.

        A job that holds the GIL stops both, and may until its limit; only one of them stands still if that one hangs.
        """
        counters, elapsed = self.pulse.counters(), min(now - self._looked_at, NOTICED_S)
        for n in (0, 1):
            self._silent_s[n] = 0.0 if counters[n] != self._counters[n] else self._silent_s[n] + elapsed
        for n in (0, 1):
            if not self._silent_s[n]:
                self._alone_s[n] = 0.0
            elif self._silent_s[1 - n] < GETS_ON_S and counters[n]:
                self._alone_s[n] += elapsed
        self._counters, self._looked_at = counters, now

    def works(self) -> bool:
        """Tell whether a worker has got through its first turn: it takes jobs now."""
        return self.pulse.counters()[0] > 1

    def close(self) -> None:
        """Let go of the pulse and the lifeline."""
        self.pulse.close()
        if self.popen.stdin:
            self.popen.stdin.close()


def _is_stopped(pid: int) -> bool:
    """Tell whether a child of ours is stopped (SIGSTOP, SIGTSTP); always false where the system cannot say."""
    if not hasattr(os, "waitid"):
        return False
    try:
        return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return False  # ended, and collected by poll()


def spawn(command: Sequence[str], *, process: str) -> Child:
    """Start `manage.py`-style `command` as a child: exec'd, its standard input a lifeline that ends with us."""
    pulse = Pulse()
    os.set_inheritable(pulse.fd, True)  # noqa: FBT003
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), *sys.path]))}
    environment.pop("NOTIFY_SOCKET", None)  # systemd hears one voice, the supervisor's
    popen = subprocess.Popen(
        [sys.executable, "-m", "django", *command, "--pulse-fd", str(pulse.fd)],
        stdin=subprocess.PIPE,
        pass_fds=[pulse.fd],
        env=environment,
        start_new_session=True,  # a terminal's Ctrl-C reaches the supervisor, which tells its children in order
    )
    return Child(process, popen, pulse, command[0].removeprefix("jobs_"))
