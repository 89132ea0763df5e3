"""The project's settings with the benchmarks' actors, quiet logs."""

from typing import Any

from jobs_project.settings import *  # noqa: F403
from jobs_project.settings import INSTALLED_APPS, JOBS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
QUEUES: Any = JOBS["QUEUES"]
JOBS = {**JOBS, "QUEUES": {**QUEUES, "calculation": {"concurrency": 8}}}
