"""Renews the leases of living processes; runs in the supervisor, where a job's GIL cannot stop it."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS

from jobs.conf import jobs_settings
from jobs.rows.dialect import wrapper
from jobs.rows.process import register, renew

logger = logging.getLogger("jobs.supervisor")


def enter(process: str, *, supervisor: str, queues: Sequence[str], threads: int) -> None:
    """Register a process that is about to start, with its first lease."""
    register(
        wrapper(DEFAULT_DB_ALIAS),
        process,
        supervisor=supervisor,
        host=socket.gethostname(),
        pid=os.getpid(),
        queues=queues,
        threads=threads,
        lease_s=jobs_settings().lease_s,
    )


def renew_leases(processes: Sequence[str]) -> set[str]:
    """Renew the leases of living processes; return those that are still allowed to work."""
    return renew(wrapper(DEFAULT_DB_ALIAS), processes, lease_s=jobs_settings().lease_s)
