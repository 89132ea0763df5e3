"""The project's settings with the chaos actors: for the rows and their child processes."""

from jobs_project import environment
from jobs_project.settings import *  # noqa: F403
from jobs_project.settings import INSTALLED_APPS, JOBS
from tests.chaos.clock import set_wrong

set_wrong()

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos"]
JOBS = {
    **JOBS,
    "QUEUES": {**JOBS["QUEUES"], "chaos": {"concurrency": 4, "timeout": 60_000}},
    "LEASE_S": float(environment.integer("JOBS_LEASE_S", default=15, least=1)),
    "SILENT_S": float(environment.integer("JOBS_SILENT_S", default=30, least=1)),
    "HARD_LIMIT_GRACE_MS": environment.integer("JOBS_HARD_LIMIT_GRACE_MS", default=30_000),
}
