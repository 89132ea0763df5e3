"""The project's settings with the benchmarks' actors, quiet logs."""

from jobs_project.settings import *  # noqa: F403
from jobs_project.settings import INSTALLED_APPS, JOBS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
JOBS = {**JOBS, "QUEUES": {**JOBS["QUEUES"], "calculation": {"concurrency": 8}}}
