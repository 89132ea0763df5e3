"""The private servers of a test run: started before Django reads its settings, stopped by pid when the run ends."""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from jobs_project.local.directory import hold_first_free
from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import DATABASES, Valkey, wheel_program


def start() -> None:
    """Start this run's servers and name them in the environment; a worker of pytest-xdist uses its parent's.

    The database is a SQLite file (threads and child processes share it, as no in-memory database could), or a
    PostgreSQL of our own if TEST_DATABASE=postgres. The run before this one may have been killed: what it left running
    is stopped first.
    """
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number = int(worker.removeprefix("gw")) + 1
        if number >= DATABASES:
            raise ValueError(f"{worker}: Valkey has {DATABASES} databases only")
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=0", f"db={number}")
        return
    os.environ["DEBUG"] = "true"
    stack = ExitStack()
    atexit.register(stack.close)
    place = hold_first_free(Path(tempfile.gettempdir()) / f"jobs-tests-{os.getuid()}")
    stack.callback(place.release)
    for left in place.path.glob("run-*"):
        shutil.rmtree(left, ignore_errors=True)
    # A new address each run: a worker that a killed run has left behind must not serve this one
    here = place.path / f"run-{os.getpid()}"
    here.mkdir()
    os.environ["REDIS_URL"] = stack.enter_context(Valkey(here / "valkey", program=wheel_program())).url
    os.environ["DATABASE_URL"] = f"sqlite:///{here}/db.sqlite3"
    if os.environ.get("TEST_DATABASE") == "postgres":
        os.environ["DATABASE_URL"] = stack.enter_context(Postgres()).url
