"""Our own processes in the rehearsal: two webs, two groups of workers, a caretaker; each with a door of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import requests

from jobs_project.local.commands import manage, serve
from jobs_project.local.ports import claim_port
from tests.rehearsal.servers import Server, until

DRAIN_MS = "30000"
GROUPS: Final = {"workers-io": ("ingestion", "webhooks"), "workers-calculation": ("calculation", "reports")}


class Crew:
    """Starts, and restarts one after the other while the rest works on."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, dict(environment)
        self.ports = {name: claim_port() for name in ("web-1", "web-2", *GROUPS, "caretaker")}
        self.processes: dict[str, Server] = {}

    def start_all(self) -> None:
        """Start all at once, and wait until each is ready."""
        for name in self.ports:
            self._start(name)
        for name in self.ports:
            self._wait(name)

    def roll(self) -> None:
        """Replace each by a fresh one: old out, new in, the next only when that is ready."""
        for name in self.ports:
            self.processes[name].stop()
            self._start(name)
            self._wait(name)

    def webs(self) -> list[str]:
        """Return the addresses of the webs."""
        return [f"http://127.0.0.1:{port}" for name, port in self.ports.items() if name.startswith("web")]

    def stop_all(self) -> None:
        """End all."""
        for server in self.processes.values():
            server.stop()

    def _start(self, name: str) -> None:
        address = f"127.0.0.1:{self.ports[name]}"
        environment = self.environment if name.startswith("web") else {**self.environment, "WORKER_ADDRESS": address}
        if name.startswith("web"):
            command = serve(address)
        elif name == "caretaker":
            command = manage("jobs_caretaker")
        else:
            flags = ("--processes", "1", "--worker-shutdown-timeout", DRAIN_MS)
            command = manage("rundramatiq", "--queues", *GROUPS[name], *flags)
        self.processes[name] = Server(self.folder / name, command, env=environment)

    def _wait(self, name: str) -> None:
        def ready() -> bool:
            try:
                return requests.get(f"http://127.0.0.1:{self.ports[name]}/readyz", timeout=10).ok
            except requests.RequestException:
                return False

        until(ready, seconds=120, what=f"{name} ready, see {self.folder / name}/log")
