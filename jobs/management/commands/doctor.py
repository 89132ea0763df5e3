"""Examines the installation: what does not work, why, and what to do."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from jobs.doctor.lists import examine


class Command(BaseCommand):
    """One line a point; the exit code is 1 if any is not well."""

    help = "Walks through the troubleshooting lists: jobs not processing, failing repeatedly, high queue depth."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="print for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything, and print."""
        found = list(examine())
        if options["json"]:
            points = [
                {"list": of, "check": point.check, "ok": finding.ok, "found": finding.said, "remedy": point.remedy}
                for of, point, finding in found
            ]
            self.stdout.write(json.dumps(points, indent=2))
        else:
            self._print(found)
        if not all(finding.ok for _, _, finding in found):
            sys.exit(1)

    def _print(self, found: list[Any]) -> None:
        table = Table(show_lines=False, pad_edge=False)
        for column in ("", "Check", "Found", "Remedy"):
            table.add_column(column, overflow="fold")
        before = ""
        for of, point, finding in found:
            if of != before:
                table.add_section()
                table.add_row("", of.upper())
                before = of
            table.add_row("ok" if finding.ok else "!!", point.check, finding.said, "" if finding.ok else point.remedy)
        console = Console(width=None if sys.stdout.isatty() else 160, markup=False)
        with console.capture() as capture:
            console.print(table)
        self.stdout.write(capture.get())
