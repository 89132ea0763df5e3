"""Keeps what Python's logging says inside a job with the job, for the people who look at it."""

from __future__ import annotations

import logging

from jobs.current import job_here


class JobLogHandler(logging.Handler):
    """Adds records to the lines of the job that the logging code runs in; the engine's own are no news there.

    A handler of the root logger, or of those whose records are wanted. Outside a job it does nothing.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record, formatted, with its traceback if there is one."""
        job = job_here()
        if job is None or record.name == "jobs" or record.name.startswith("jobs."):
            return
        try:
            job.log(self.format(record))
        except Exception:  # noqa: BLE001  # logging must never break what logs
            self.handleError(record)
