"""How much memory the processes of a run hold, and whether it grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.crew import Crew

WARM_LOOKS, GROWTH, SLACK_KB = 5, 1.25, 20_000


class Memory:
    """Resident sizes by process, in the order of the looks."""

    def __init__(self) -> None:
        self._sizes: dict[int, list[int]] = defaultdict(list)

    def look(self, crews: Sequence[Crew]) -> None:
        """Note the size of every process of the crews."""
        for crew in crews:
            for pid in [crew.popen.pid, *crew.children(), *crew.children("jobs_caretaker")]:
                if size := _resident_kb(pid):
                    self._sizes[pid].append(size)

    def bounded(self) -> bool:
        """Tell whether no process has grown by more than a quarter (and 20 MB) since it was warm."""
        return all(sizes[-1] <= sizes[WARM_LOOKS] * GROWTH + SLACK_KB for sizes in self._long_lived())

    def __str__(self) -> str:
        grown = [f"{sizes[WARM_LOOKS] // 1024} to {sizes[-1] // 1024} MB" for sizes in self._long_lived()]
        most = max((max(sizes) for sizes in self._sizes.values()), default=0)
        return (
            f"{len(self._sizes)} processes, at most {most // 1024} MB; of the long-lived: {', '.join(grown) or 'none'}"
        )

    def _long_lived(self) -> list[list[int]]:
        return [sizes for sizes in self._sizes.values() if len(sizes) > WARM_LOOKS + 1]


def _resident_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
