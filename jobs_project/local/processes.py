"""Child processes of ours: each ended by its own pid, politely first."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

PATIENCE = 10.0  # seconds


class Children:
    """A few long-running processes that live and end together.

    Each gets a session of its own: Ctrl-C reaches us alone, and nobody gets a signal twice (to a worker the second
    SIGTERM means "drop your jobs").
    """

    def __init__(self, environment: Mapping[str, str], *, patience: float = PATIENCE) -> None:
        self._environment = dict(environment)
        self._patience = patience
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: queue.Queue[tuple[str, int]] = queue.Queue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str | Path], *, log: Path | None = None) -> int:
        """Start a process, its output going to `log` or to ours, and return its pid."""
        output = log.open("ab") if log else None
        try:
            process = subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        finally:
            if output:
                output.close()
        self._processes[name] = process
        threading.Thread(
            target=lambda: self._ended.put((name, process.wait())), name=f"wait-{name}", daemon=True
        ).start()
        return process.pid

    def wait_for_first_end(self) -> tuple[str, int]:
        """Block until a process ends, and return its name and exit code."""
        return self._ended.get()

    def first_end(self) -> tuple[str, int] | None:
        """Return the name and exit code of a process that has ended, None while all live."""
        try:
            return self._ended.get_nowait()
        except queue.Empty:
            return None

    def stop(self) -> dict[str, int]:
        """End all, the last one started first, and return their exit codes."""
        codes = {}
        while self._processes:
            name, process = self._processes.popitem()
            codes[name] = wait_for_end(process, signal.SIGTERM, patience=self._patience, with_group=True)
        return codes


def wait_for_end(
    process: "subprocess.Popen[bytes]", how: signal.Signals, *, patience: float = PATIENCE, with_group: bool = False
) -> int:
    """Send `how` to the process alone, wait, and kill it (`with_group`: its children too) after `patience` seconds."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        if with_group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        return process.wait()
