"""Seeds a bad night to practise on; see docs/operator.md."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs_project.incident.past import write_past
from jobs_project.incident.seed import seed


class Command(BaseCommand):
    """Fills this database with failures; never for production."""

    help = "Seed a bad night: dead letters of five kinds, a paused queue, a dead worker, jobs missing in Redis"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many."""
        parser.add_argument("--failures", type=int, default=20_000)

    def handle(self, *args: Any, failures: int, **options: Any) -> None:
        """Seed, and say what there is to find."""
        write_past()
        for trouble, number in seed(failures=failures).items():
            self.stdout.write(f"{number:>7,} {trouble}")
        self.stdout.write("Open /admin/ and find out what has happened.")
