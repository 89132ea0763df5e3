"""How long the work stood still after a fault, by the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.apps import apps

from tests.chaos.ledger import Line, by_key


def rerun_after(lines: Sequence[Line], *, pids: Collection[int], at: float) -> float | None:
    """Return after how many seconds the last job of lost processes was started again; None if they ran none."""
    done = {(line.key, line.pid) for line in lines if line.event == "F" and line.at <= at}
    waits = []
    for key, starts in by_key(lines, "S").items():
        if not any(s.pid in pids and s.at <= at and (key, s.pid) not in done for s in starts):
            continue
        again = [s.at - at for s in starts if s.at > at]
        if again:
            waits.append(min(again))
    return max(waits, default=None)


def effect_after(lines: Sequence[Line], at: float) -> float | None:
    """Return after how many seconds the first effect was had, None for never."""
    return min((line.at - at for line in lines if line.event == "F" and line.at > at), default=None)


def p95_wait(prefix: str) -> float:
    """Return how many seconds 95 of 100 jobs whose keys begin so waited for their start at most, by their rows."""
    jobs = apps.get_model("jobs", "Job").objects.filter(job_id__startswith=prefix)
    times = jobs.values_list("started_at", "run_at")
    waits = sorted((started - due).total_seconds() for started, due in times if started)
    return float(waits[int(len(waits) * 0.95)])
