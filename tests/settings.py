"""The project's settings with the probe app: for child processes of the tests."""

import os

from jobs_project.settings import *  # noqa: F403
from jobs_project.settings import DRAMATIQ_BROKER as PROJECT_BROKER
from jobs_project.settings import INSTALLED_APPS
from jobs_project.settings import JOBS as PROJECT_JOBS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.probe"]
JOBS = {**PROJECT_JOBS, "HARD_LIMIT_GRACE_MS": 1_000, "SLOW_READER_S": 0.5}
if "PROBE_MIDDLEWARE" in os.environ:
    theirs = ("AgeLimit", "TimeLimit", "ShutdownNotifications", "Callbacks", "Pipelines", "AsyncIO")
    DRAMATIQ_BROKER = {
        **PROJECT_BROKER,
        "MIDDLEWARE": [
            *(f"dramatiq.middleware.{name}" for name in theirs),
            *("jobs.middleware.Retries", "jobs.middleware.DatabaseConnections", os.environ["PROBE_MIDDLEWARE"]),
        ],
    }
