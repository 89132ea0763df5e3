"""What the counters of the engine mean, in Prometheus' words."""

from __future__ import annotations

from typing import Final

HELP: Final[dict[str, str]] = {
    "jobs_runs": "Runs that ended, by outcome: completed, failed, retried, cancelled, put_off.",
    "jobs_wait_seconds": "From the time a job is due until its claim.",
    "jobs_run_seconds": "From the start of the actor to its end.",
    "jobs_enqueued": "Jobs that this service's processes have inserted.",
    "jobs_refused_finishes": "Outcomes that came too late: their job had been taken away from the run.",
    "jobs_lost": "Runs whose worker process was lost; the jobs went back.",
    "jobs_put_back": "Entries that the patrol put back into Redis, which lacked them.",
    "jobs_worker_ends": "Worker processes that ended, by exit code; negative: the signal.",
    "jobs_caretaker_duties": "Duties that the leading caretaker has done.",
    "jobs_caretaker_duty_seconds": "Time that they took.",
    "jobs_caretaker_failures": "Turns of a caretaker that failed.",
    "http_requests": "Answered requests, by view, method and status.",
    "http_request_seconds": "From the request's coming to the answer; of a stream, to its beginning.",
}
"""Name without Prometheus' `_total` → its help line."""

HISTOGRAMS: Final = frozenset({"jobs_wait_seconds", "jobs_run_seconds", "http_request_seconds"})
