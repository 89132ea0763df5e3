"""The project on a machine of its own: a new database, Valkey, web and (where a journey wants them) workers."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs_project.local.commands import manage, serve
from jobs_project.local.ports import claim_port
from jobs_project.local.processes import Children
from jobs_project.local.valkey import Valkey, wheel_program

NAME, PASSWORD = "operator", "a pass phrase for the browser"
COMES_UP_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages are, and how to run commands and processes beside them."""

    address: str
    environment: dict[str, str]
    workers: Children

    def manage(self, *words: str) -> str:
        """Run a command of manage.py to its end; return what it printed."""
        done = subprocess.run(manage(*words), env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def start_workers(self) -> None:
        """Start a supervisor with one worker process and the caretaker."""
        self.workers.start("workers", manage("rundramatiq", "--processes", "1", "--threads", "4"))

    def stop_workers(self) -> None:
        """Stop them and wait until they have gone."""
        self.workers.stop()


@contextmanager
def site(directory: Path) -> Iterator[Site]:
    """Bring the pages up under a new directory, take all down at the end."""
    with ExitStack() as stack:
        valkey = stack.enter_context(Valkey(directory / "valkey", program=wheel_program()))
        port = claim_port()
        environment = os.environ | {
            "ENV_FILES": "",
            "DEBUG": "false",
            "HTTPS": "false",
            "SECRET_KEY": "only for the browser " * 3,
            "REDIS_URL": valkey.url,
            "DATABASE_URL": f"sqlite:///{directory}/db.sqlite3",
            "DJANGO_SETTINGS_MODULE": "jobs_project.settings",
            "WEBHOOKS_ALLOW_LOCAL": "true",
            "DEMO": "true",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
            "PYTHONUNBUFFERED": "1",
        }
        web = stack.enter_context(Children(environment, patience=20.0))
        workers = stack.enter_context(Children(environment, patience=20.0))
        here = Site(f"http://127.0.0.1:{port}", environment, workers)
        here.manage("migrate", "--verbosity", "0")
        here.manage("createsuperuser", "--no-input", "--username", NAME, "--email", "operator@localhost")
        web.start("web", serve(f"127.0.0.1:{port}"))
        _wait_until_up(here.address)
        yield here


def _wait_until_up(address: str) -> None:
    end = time.monotonic() + COMES_UP_WITHIN
    while True:
        try:
            urllib.request.urlopen(f"{address}/admin/login/", timeout=5).close()  # noqa: S310  # our own http
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
