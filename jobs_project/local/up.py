"""Everything on this machine by one command: servers, web and workers; the first that ends, ends all."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from rich.console import Console

from jobs_project import environment
from jobs_project.local.commands import manage, serve
from jobs_project.local.directory import OwnDirectory
from jobs_project.local.errors import LocalError
from jobs_project.local.operator import NAME, create_operator
from jobs_project.local.ports import claim_port
from jobs_project.local.processes import Children
from jobs_project.local.valkey import redis_url

ROOT = Path(__file__).resolve().parents[2]
DRAINS_WITHIN = 60.0  # seconds that running jobs get on Ctrl-C
LOCAL = {
    "DEBUG": "false",  # a worker with DEBUG on keeps every SQL statement
    "HTTPS": "false",
    "WEBHOOKS_ALLOW_LOCAL": "true",
    "DEMO": "true",  # manage.py demo_incident, and the actors of its jobs
    "DJANGO_SETTINGS_MODULE": "jobs_project.settings",
    "PYTHONUNBUFFERED": "1",
}


def main(directory: Path = ROOT / "var" / "up") -> int:
    """Bring everything up, stay until Ctrl-C, SIGTERM or the end of a process; return its exit code."""
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    environment.read_files(ROOT)
    os.environ.update(LOCAL)
    try:
        with ExitStack() as stack:
            stack.callback(OwnDirectory(directory).hold().release)
            port = claim_port(environment.integer("PORT", default=8000, least=1))
            os.environ["REDIS_URL"] = stack.enter_context(redis_url(directory / "valkey"))
            subprocess.run(manage("migrate", "--verbosity", "0"), check=True)
            _greet(console)
            children = stack.enter_context(Children(os.environ, patience=DRAINS_WITHIN))
            stack.callback(_deafen, console)
            children.start("web", serve(f"127.0.0.1:{port}"))
            children.start("workers", manage("rundramatiq"))
            console.print(f"[bold]http://127.0.0.1:{port}/[/] is coming up. Ctrl-C stops everything.")
            name, code = children.wait_for_first_end()
            console.print(f"[red]{name} ended with status {code}; stopping the rest.")
            return code or 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 0
    except (LocalError, ImproperlyConfigured, subprocess.CalledProcessError) as error:
        console.print(f"[red]{error}")
        return 1


def _greet(console: Console) -> None:
    """Print the operator's login, the first time only."""
    django.setup()
    if password := create_operator():
        console.print(f"Login: [bold]{NAME}[/] / [bold]{password}[/] (shown this once)")
    connections.close_all()


def _deafen(console: Console) -> None:
    """Ignore further Ctrl-C: the first one stops everything, as fast as running jobs allow."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    console.print(f"Stopping; running jobs get up to {DRAINS_WITHIN:g} s.")


if __name__ == "__main__":
    sys.exit(main())
