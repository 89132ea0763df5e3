"""Runs the demo: `python -m jobs_project.demo` (or `make demo`)."""

import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace

import django
from django.core.exceptions import ImproperlyConfigured
from rich.console import Console

from jobs_project import environment
from jobs_project.demo.errors import DemoFailed
from jobs_project.demo.place import ROOT, Place
from jobs_project.demo.verdict import Verdict
from jobs_project.local.commands import manage
from jobs_project.local.directory import OwnDirectory
from jobs_project.local.errors import LocalError
from jobs_project.local.processes import Children
from jobs_project.local.valkey import redis_url

DRAINS_WITHIN = 30.0  # seconds


def main() -> int:
    """Run everything, stop everything, say what happened; return 0 only if all of it did."""
    started = time.monotonic()
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        verdict = _run(console)
    except (DemoFailed, LocalError, ImproperlyConfigured, subprocess.CalledProcessError) as error:
        verdict = Verdict(faults=(str(error),))
    except KeyboardInterrupt:
        verdict = Verdict(faults=("interrupted",))
    except Exception as error:  # noqa: BLE001  # whatever happened, the last line is a verdict
        console.print_exception()
        verdict = Verdict(faults=(f"{type(error).__name__}: {error}",))
    for fault in verdict.faults:
        console.print(f"[red]{fault}", markup=True)
    print(replace(verdict, seconds=round(time.monotonic() - started, 1)).as_line())  # noqa: T201  # for programs
    return 0 if verdict.ok else 1


def _run(console: Console) -> Verdict:
    with ExitStack() as stack:
        place = Place(ROOT / "var" / "demo")
        stack.callback(OwnDirectory(place.directory).hold().release)
        place.clear()
        _choose_settings(place)
        os.environ["REDIS_URL"] = stack.enter_context(redis_url(place.valkey))
        subprocess.run(manage("migrate", "--verbosity", "0"), check=True)
        django.setup()
        from jobs_project.demo.journey import travel  # noqa: PLC0415  # its models need the settings chosen above

        children = stack.enter_context(Children(os.environ, patience=DRAINS_WITHIN))
        return travel(children=children, place=place, console=console)


def _choose_settings(place: Place) -> None:
    """Set what the demo's processes work with: a database of its own, a key of its own, plain http on this machine."""
    environment.read_files(ROOT)  # for REDIS_URL
    os.environ |= {
        "ENV_FILES": "",
        "DJANGO_SETTINGS_MODULE": "jobs_project.settings",
        "DEBUG": "false",
        "HTTPS": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": f"sqlite:///{place.database}",
        "JOBS_PREFIX": f"demo-{secrets.token_hex(4)}",
        "WEBHOOKS_ALLOW_LOCAL": "true",
        "LOG_FORMAT": "human",
        "LOG_LEVEL": "info",
        "PYTHONUNBUFFERED": "1",
    }


if __name__ == "__main__":
    sys.exit(main())
