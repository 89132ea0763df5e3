"""Waits for work to be done, and shows how far it is."""

import time
from collections.abc import Callable

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from jobs_project.demo.errors import OutOfTime, ProcessEnded
from jobs_project.demo.place import Place
from jobs_project.local.processes import Children

LOOKS_EVERY = 0.1  # seconds
PATIENCE = 240.0  # seconds that one step may take; a killed worker costs a lease of them at most


class Watch:
    """Looks at rows until they say that a step is done, as long as all processes live."""

    def __init__(self, children: Children, place: Place, progress: Progress) -> None:
        self._children = children
        self._place = place
        self._progress = progress

    def until(self, what: str, total: int, count: Callable[[], int]) -> None:
        """Return once `count` reaches `total`. Raises ProcessEnded and OutOfTime."""
        bar = self._progress.add_task(what, total=total)
        deadline = time.monotonic() + PATIENCE
        while (done := count()) < total:
            self._progress.update(bar, completed=done)
            if ended := self._children.first_end():
                name, code = ended
                raise ProcessEnded(name, code, self._place.log(name))
            if time.monotonic() > deadline:
                raise OutOfTime(what, done=done, total=total, seconds=PATIENCE)
            time.sleep(LOOKS_EVERY)
        self._progress.update(bar, completed=total)


def progress_display() -> Progress:
    """Return the display: one line a step with a bar, a count and the time it took."""
    return Progress(
        TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), transient=False
    )
