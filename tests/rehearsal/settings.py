"""The project's settings with the rehearsal's actors, behind PgBouncer and Sentinels."""

import os

from jobs_project.settings import *  # noqa: F403
from jobs_project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.rehearsal"]
REDIS_URL = os.environ["REHEARSAL_REDIS_URL"]
