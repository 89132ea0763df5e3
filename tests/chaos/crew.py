"""A `manage.py rundramatiq` of a row: a supervisor and its children, each to be signalled by its pid."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


class Crew:
    """One host's worth of workers."""

    def __init__(self, environment: Mapping[str, str], log: Path, *flags: str, prefix: Sequence[str] = ()) -> None:
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                [*prefix, sys.executable, "manage.py", "rundramatiq", "--queues", "chaos", *flags],
                env=dict(environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._seen: set[int] = set()

    def children(self, command: str = "jobs_worker") -> list[int]:
        """Return the pids of living children that run `command`, oldest first."""
        listed = subprocess.run(
            ["/bin/ps", "-o", "pid=,stat=,args=", "--ppid", str(self.popen.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        words = [line.split(None, 2) for line in listed.stdout.splitlines()]
        found = [int(pid) for pid, stat, args in (w for w in words if len(w) == 3) if f" {command} " in args + " "]
        self._seen.update(found)
        return sorted(found)

    def alive(self) -> bool:
        """Tell whether the supervisor lives."""
        return self.popen.poll() is None

    def stop(self, number: int = signal.SIGTERM, *, seconds: float = 40.0) -> int:
        """Signal the supervisor, and return its exit code."""
        if self.alive():
            self.popen.send_signal(number)
        return self.popen.wait(seconds)

    def signal_all(self, number: int) -> None:
        """Signal the supervisor and all its children, the supervisor first: a host that fails at once."""
        everybody = [self.popen.pid, *self.children(), *self.children("jobs_caretaker")]
        for pid in everybody:
            signal_if_alive(pid, number)
        if number == signal.SIGKILL:
            self.popen.wait()

    def end(self) -> None:
        """Kill what is left of this crew, orphans that we have seen as its children included."""
        for command in ("jobs_worker", "jobs_caretaker"):
            self.children(command)
        if self.alive():
            self.popen.kill()
        self.popen.wait()
        for pid in self._seen:
            if is_ours(pid):
                signal_if_alive(pid, signal.SIGKILL)


def signal_if_alive(pid: int, number: int) -> bool:
    """Send a signal; false if the process is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def is_ours(pid: int) -> bool:
    """Tell whether the pid still is a worker or caretaker, and not somebody who got the number later."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"jobs_worker" in command or b"jobs_caretaker" in command
