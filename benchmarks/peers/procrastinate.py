"""Procrastinate on PostgreSQL: a row for every job, woken by LISTEN / NOTIFY."""

import os

from procrastinate import App, PsycopgConnector

from benchmarks.peers.stamp import PAD, record

CHUNK = 1_000

app = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


@app.task(name="stamped", queue="bench")
async def stamped(n: int, pad: str) -> None:
    """Note that it ran; a coroutine, so that no thread is handed anything."""
    record(n)


def prepare() -> None:
    """Make the tables."""
    _open()
    app.schema_manager.apply_schema()


def send(n: int) -> None:
    """Insert a job."""
    _open()
    stamped.defer(n=n, pad=PAD)


def send_many(first: int, count: int) -> None:
    """Insert jobs in one statement."""
    _open()
    stamped.batch_defer(*({"n": n, "pad": PAD} for n in range(first, first + count)))


def send_later(n: int, ms: int) -> None:
    """Insert a job for later."""
    _open()
    stamped.configure(schedule_in={"milliseconds": ms}).defer(n=n, pad=PAD)


def send_urgent(n: int) -> None:
    """Insert a job with a better priority."""
    _open()
    stamped.configure(priority=100).defer(n=n, pad=PAD)


_opened: list[App] = []


def _open() -> None:
    """Open the synchronous connections, once; the worker opens asynchronous ones itself."""
    if not _opened:
        _opened.append(app.open())
