"""The project's settings with the probe app: for child processes of the tests."""

from jobs_project.settings import *  # noqa: F403
from jobs_project.settings import INSTALLED_APPS
from jobs_project.settings import JOBS as PROJECT_JOBS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.probe"]
JOBS = {**PROJECT_JOBS, "HARD_LIMIT_GRACE_MS": 1_000, "SLOW_READER_S": 0.5}
