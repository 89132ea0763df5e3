"""The table of measured systems: how each is driven, what works for it, and with which settings."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BULLMQ = ROOT / "benchmarks" / "peers" / "bullmq"
_VENV = ROOT / "var" / "peers" / "venv" / "bin"
_PYTHON = str(_VENV / "python")


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One system; commands are argument lists, run in the project's directory."""

    name: str
    settings: str
    """Its best on two cores, for the report."""
    driver: tuple[str, ...]
    workers: tuple[tuple[str, ...], ...]
    jobs: int
    """How many are enqueued in bulk before a drain: what takes it some seconds."""
    clears: tuple[str, ...] = ()
    """Tables emptied before its turn."""
    rows: bool = False
    """Whether it is ours: a drain ends only when every row is final."""
    later: bool = True
    urgent: bool = True


def _python(name: str, python: str = _PYTHON) -> tuple[str, ...]:
    return (python, "-m", "benchmarks.peers.driver", name)


_DRAMATIQ = (str(_VENV / "dramatiq"),)
_CELERY = (
    *(
        str(_VENV / "celery"),
        "-A",
        "benchmarks.peers.celery",
        "worker",
        "--pool",
        "solo",
        "--prefetch-multiplier",
        "64",
    ),
    *("--loglevel", "ERROR", "--without-mingle", "--without-gossip", "--hostname"),
)
_PROCRASTINATE = (str(_VENV / "procrastinate"), "--app", "benchmarks.peers.procrastinate.app", "worker", "-c", "5")
_HUEY = (str(_VENV / "python"), "-m", "huey.bin.huey_consumer", "benchmarks.peers.huey.huey", "-k", "thread", "-w", "4")
_TASKS = (
    *(_PYTHON, "-m", "django", "db_worker", "--interval", "0.05", "--queue-name", "*"),
    *("--settings", "benchmarks.peers.django_settings"),
)

SYSTEMS = (
    System(
        name="ours",
        settings="2 processes, 8 threads each, all default middleware, PostgreSQL rows",
        driver=_python("ours", sys.executable),
        workers=((sys.executable, "manage.py", "rundramatiq", "--queues", "calculation", "--processes", "2"),),
        jobs=40_000,
        clears=("jobs_job",),
        rows=True,
    ),
    System(
        name="bullmq",
        settings="1 process, concurrency 50, removeOnComplete, addBulk of 1,000",
        driver=("node", str(BULLMQ / "driver.mjs")),
        workers=(("node", str(BULLMQ / "worker.mjs"), "50"),),
        jobs=40_000,
    ),
    System(
        name="dramatiq_stock",
        settings="2 processes, 16 threads each, default middleware, no record",
        driver=_python("dramatiq_stock"),
        workers=((*_DRAMATIQ, "benchmarks.peers.dramatiq_stock", "-p", "2", "-t", "16"),),
        jobs=8_000,
    ),
    System(
        name="dramatiq_admin",
        settings="2 processes, 4 threads each, AdminMiddleware on PostgreSQL",
        driver=_python("dramatiq_admin"),
        workers=((*_DRAMATIQ, "benchmarks.peers.dramatiq_admin", "-p", "2", "-t", "4"),),
        jobs=600,
        clears=("django_dramatiq_task",),
    ),
    System(
        name="celery",
        settings="2 workers, solo pool, prefetch 64, acks_late, no result backend",
        driver=_python("celery"),
        workers=((*_CELERY, "one@bench"), (*_CELERY, "two@bench")),
        jobs=4_000,
    ),
    System(
        name="huey",
        settings="2 consumers, 4 threads each, no results (at most once)",
        driver=_python("huey"),
        workers=(_HUEY, _HUEY),
        jobs=8_000,
        urgent=False,
    ),
    System(
        name="procrastinate",
        settings="2 workers, concurrency 5 each, coroutine task, batch_defer of 1,000",
        driver=_python("procrastinate"),
        workers=(_PROCRASTINATE, _PROCRASTINATE),
        jobs=2_000,
        clears=("procrastinate_jobs",),
    ),
    System(
        name="django_tasks",
        settings="2 workers, database backend on PostgreSQL, polling every 50 ms (its default is 1 s)",
        driver=_python("django_tasks"),
        workers=(_TASKS, _TASKS),
        jobs=800,
        clears=("django_tasks_database_dbtaskresult",),
    ),
)
SHORT = ("ours", "bullmq", "dramatiq_stock", "dramatiq_admin", "procrastinate")
