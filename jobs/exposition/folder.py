"""Where the processes of one service leave their counters for the one that is asked for all of them.

Each writes a file of its own, and the whole of it; those of ended processes are added up in one file, so that a sum
never shrinks and the folder does not grow. The process that is asked needs none of the others to answer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Final

from jobs.counters import COUNTERS, Counters, load

VARIABLE: Final = "JOBS_COUNTERS"
"""The environment's variable that names the folder."""

ENDED: Final = "ended.json"
EVERY_S = 2.0


def folder() -> Path | None:
    """Return the folder of this service; None for a process that stands alone."""
    name = os.environ.get(VARIABLE, "")
    return Path(name) if name else None


@contextmanager
def shared_folder(*, wanted: bool) -> Iterator[Path | None]:
    """Make the folder that this process's children write into, and name it to them."""
    if not wanted:
        yield None
        return
    with TemporaryDirectory(prefix="jobs-counters-") as name:
        os.environ[VARIABLE] = name
        yield Path(name)
        del os.environ[VARIABLE]


def keep_writing(stop: Event) -> Thread | None:
    """Write this process's counters every two seconds until `stop`, on a thread; None without a folder."""
    place = folder()
    if place is None:
        return None
    thread = Thread(target=_keep_writing, args=(place, stop), name="counters", daemon=True)
    thread.start()
    return thread


def write(place: Path) -> None:
    """Write this process's counters; a reader sees all of them or those of before."""
    _replace(place / f"{os.getpid()}.json", COUNTERS.dump())


def read(place: Path) -> Counters:
    """Return the sum of what all other processes have written, ended ones too."""
    total = Counters()
    merged, ended = _ended(place)
    total.add(ended)
    for file in place.glob("*.json"):
        if file.stem.isdecimal() and file.name != f"{os.getpid()}.json" and file.name != merged:
            try:
                total.add(load(file.read_text()))
            except FileNotFoundError:
                continue  # added to the ended ones by now, and not missed for longer than until the next question
    return total


def bury(place: Path, pid: int) -> None:
    """Add an ended process to the ended ones; only one process of a service may do this."""
    file = place / f"{pid}.json"
    try:
        last = load(file.read_text())
    except FileNotFoundError:
        return
    _, ended = _ended(place)
    ended.add(last)
    _replace(place / ENDED, json.dumps({"merged": file.name, "counters": ended.dump()}))
    file.unlink()  # whoever reads before this finds it named as merged


def _ended(place: Path) -> tuple[str, Counters]:
    try:
        raw = json.loads((place / ENDED).read_text())
    except FileNotFoundError:
        return "", Counters()
    return raw["merged"], load(raw["counters"])


def _keep_writing(place: Path, stop: Event) -> None:
    while not stop.wait(EVERY_S):
        write(place)
    write(place)


def _replace(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)
