"""Erases a tenant with all that belongs to it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs.errors import EraseNotConfirmed, TenantBusy
from jobs.operator import Operator
from jobs.services.erase import erase_tenant


class Command(BaseCommand):
    """Deletes jobs, domain data, files and audit log of one tenant. Run again, it goes on after an interruption."""

    help = "Deletes all that belongs to a tenant, for good: jobs, data, files, audit log, memberships."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the tenant's id twice."""
        parser.add_argument("tenant", help="the tenant's id")
        parser.add_argument("--confirm", required=True, metavar="TENANT", help="the same id again")
        parser.add_argument("--force", action="store_true", help="stop running jobs instead of refusing")
        parser.add_argument("--reason", default="", help="kept in the audit log")

    def handle(self, *args: Any, tenant: str, confirm: str, force: bool, reason: str, **options: Any) -> None:
        """Erase, and say how much there was."""
        try:
            gone = erase_tenant(tenant, confirm=confirm, force=force, by=Operator.of_shell(), reason=reason)
        except (EraseNotConfirmed, TenantBusy) as error:
            raise CommandError(str(error)) from None
        jobs, rows, entries = (gone.get(name, 0) for name in ("jobs", "rows", "auditEntries"))
        self.stdout.write(f"Tenant {tenant} is gone: {jobs} jobs, {rows} rows, {entries} entries of the audit log.")
