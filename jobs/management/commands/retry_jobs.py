"""Brings dead letters back from the shell."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs.errors import UnknownQueue
from jobs.operator import Operator
from jobs.services.operate import retry
from jobs.services.operations import retry_all
from jobs.services.queues import check_queue, find_job


class Command(BaseCommand):
    """Retries failed jobs of a queue: those named, or all."""

    help = "Retries failed jobs of a queue: `retry_jobs calculation calc-1 calc-2` or `retry_jobs calculation --all`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a queue, and jobs or --all."""
        parser.add_argument("queue")
        parser.add_argument("jobs", nargs="*", help="job ids or UUIDs")
        parser.add_argument("--all", action="store_true", dest="everything", help="all failed jobs of the queue")
        parser.add_argument("--limit", type=int, help="with --all: at most so many, the oldest first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Retry, and say how many."""
        try:
            queue = check_queue(options["queue"])
        except UnknownQueue as error:
            raise CommandError(str(error)) from None
        if bool(options["jobs"]) == options["everything"]:
            raise CommandError("Name jobs, or give --all.")
        if options["everything"]:
            count = retry_all(queue=queue, limit=options["limit"], by=Operator.of_shell())
            self.stdout.write(f"{count} jobs are waiting again.")
            return
        found = {name: find_job(queue, name) for name in options["jobs"]}
        unknown = [name for name, job in found.items() if job is None]
        if unknown:
            raise CommandError(f"Unknown in {queue}: {', '.join(unknown)}. Nothing was retried.")
        moved = retry([job.pk for job in found.values() if job], by=Operator.of_shell())
        self.stdout.write(f"{len(moved)} of {len(found)} jobs are waiting again; the others had not finished.")
