"""Dramatiq with django_dramatiq's AdminMiddleware: a row for every job, as in the set-up that we replace."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.django_settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # Django first

from benchmarks.peers.dramatiq_actors import send, send_later, send_urgent  # noqa: E402, F401  # same calls


def prepare() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)
