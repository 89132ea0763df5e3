"""django-tasks with its database backend on PostgreSQL: a row for every job."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.django_settings"

import django

django.setup()

from datetime import timedelta  # noqa: E402  # Django first

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.peers.django_task import stamped  # noqa: E402
from benchmarks.peers.stamp import PAD  # noqa: E402


def prepare() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)


def send(n: int) -> None:
    """Insert a task."""
    stamped.enqueue(n=n, pad=PAD)


def send_later(n: int, ms: int) -> None:
    """Insert a task for later."""
    stamped.using(run_after=timezone.now() + timedelta(milliseconds=ms)).enqueue(n=n, pad=PAD)


def send_urgent(n: int) -> None:
    """Insert a task with the best priority."""
    stamped.using(priority=100).enqueue(n=n, pad=PAD)
