"""Jobs and queues from the shell: look, retry, cancel, pause, resume, clean."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from rich.console import Console
from rich.table import Table

from jobs.errors import JobsError
from jobs.job_filter import JobFilter
from jobs.models import Job
from jobs.operator import Operator
from jobs.services.limits import pause, resume
from jobs.services.operate import cancel, retry
from jobs.services.prune import prune
from jobs.services.queues import check_queue, find_job, metrics, queue_names
from jobs.services.select import select
from jobs.services.upgrade import upgrade_dead_letters
from jobs.states import FINISHED, State

COLUMNS = ("id", "job_id", "queue", "actor", "tenant", "state", "priority", "attempts", "created_at", "finished_at")
DETAILS = (*COLUMNS, "max_attempts", "run_at", "started_at", "worker", "losses", "progress", "error_type", "error")
"""What `show` prints; payload and result stay out of shells and their logs."""


class Command(BaseCommand):
    """One verb a call; `--json` prints for programs."""

    help = "Looks at jobs and queues and acts on them: `jobs status`, `jobs list calculation --state failed`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a verb and what it acts on."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("status", help="the counters of queues")
        verb.add_argument("queues", nargs="*")
        verb.set_defaults(do=self._status)
        verb = verbs.add_parser("list", help="jobs of a queue, the latest first")
        verb.add_argument("queue")
        verb.add_argument("--state", choices=list(State))
        verb.add_argument("--limit", type=int, default=20)
        verb.set_defaults(do=self._list)
        for name, do, words in (
            ("show", self._show, "jobs with what happened to them"),
            ("retry", self._retry, "bring finished jobs back"),
            ("cancel", self._cancel, "cancel jobs"),
        ):
            verb = verbs.add_parser(name, help=words)
            verb.add_argument("queue")
            verb.add_argument("jobs", nargs="+", help="job ids or UUIDs")
            verb.set_defaults(do=do)
        for name, do in (("pause", self._pause), ("resume", self._resume)):
            verb = verbs.add_parser(name, help=f"{name} a queue")
            verb.add_argument("queue")
            verb.set_defaults(do=do)
        verb = verbs.add_parser("clean", help="delete finished jobs of a queue")
        verb.add_argument("queue")
        verb.add_argument("--state", choices=list(FINISHED), default=State.COMPLETED)
        verb.add_argument("--older-than-days", type=float, default=7.0)
        verb.add_argument("--limit", type=int, default=10_000)
        verb.set_defaults(do=self._clean)
        verb = verbs.add_parser("upgrade", help="retry dead letters that no code could read, as this code has them")
        verb.add_argument("--actor", help="only of this actor, by the name in the row")
        verb.add_argument("--queue")
        verb.add_argument("--dry-run", action="store_true", help="only say what could be read now")
        verb.set_defaults(do=self._upgrade)
        for each in verbs.choices.values():
            each.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
            each.add_argument("--reason", default="", help="why, for the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the verb and print what it returns."""
        try:
            rows = options["do"](options)
        except JobsError as error:
            raise CommandError(str(error)) from None
        if options["as_json"]:
            self.stdout.write(json.dumps(rows, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        else:
            self._print(rows)

    def _print(self, rows: Sequence[dict[str, Any]]) -> None:
        table = Table(*(rows[0] if rows else ("nothing",)))
        for row in rows:
            table.add_row(*("" if value is None else str(value) for value in row.values()))
        Console(file=self.stdout, markup=False).print(table)  # type: ignore[arg-type]  # has write and flush

    def _status(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        names = [check_queue(name) for name in options["queues"]] or queue_names()
        return [{"queue": name, **counts} for name, counts in metrics(names).items()]

    def _list(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        states = (options["state"],) if options["state"] else None
        jobs = select(JobFilter(queue=check_queue(options["queue"]), states=states)).order_by("-pk")
        return list(jobs.values(*COLUMNS)[: options["limit"]])

    def _show(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        return [{name: getattr(job, name) for name in DETAILS} for job in self._jobs(options)]

    def _retry(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        jobs = self._jobs(options)
        return self._outcomes(jobs, retry([job.pk for job in jobs], by=Operator.of_shell(), reason=options["reason"]))

    def _cancel(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        jobs = self._jobs(options)
        return self._outcomes(jobs, cancel([job.pk for job in jobs], by=Operator.of_shell(), reason=options["reason"]))

    def _pause(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        pause(options["queue"], by=Operator.of_shell(), reason=options["reason"])
        return [{"queue": options["queue"], "paused": True}]

    def _resume(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        resume(options["queue"], by=Operator.of_shell(), reason=options["reason"])
        return [{"queue": options["queue"], "paused": False}]

    def _upgrade(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        done = upgrade_dead_letters(
            actor=options["actor"],
            queue=options["queue"],
            dry_run=options["dry_run"],
            by=Operator.of_shell(),
            reason=options["reason"],
        )
        readable = "readable" if options["dry_run"] else "retried"
        rows = [{"jobs": done.fixed, "outcome": readable}]
        return rows + [{"jobs": count, "outcome": why} for why, count in done.left.most_common()]

    def _clean(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        deleted = prune(
            queue=check_queue(options["queue"]),
            states=[State(options["state"])],
            older_than=timedelta(days=options["older_than_days"]),
            limit=options["limit"],
            by=Operator.of_shell(),
            reason=options["reason"],
        )
        return [{"queue": options["queue"], "state": options["state"], "deleted": deleted}]

    def _jobs(self, options: dict[str, Any]) -> list[Job]:
        """Return the named jobs, all or none."""
        queue = check_queue(options["queue"])
        found = {name: find_job(queue, name) for name in options["jobs"]}
        unknown = [name for name, job in found.items() if job is None]
        if unknown:
            raise CommandError(f"Unknown in {queue}: {', '.join(unknown)}. Nothing was done.")
        return [job for job in found.values() if job]

    def _outcomes(self, jobs: Sequence[Job], moved: Sequence[str]) -> list[dict[str, Any]]:
        return [{"job_id": job.job_id, "was": job.state, "done": str(job.pk) in moved} for job in jobs]
