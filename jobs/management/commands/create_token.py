"""Makes a bearer token for the HTTP API."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from jobs.errors import JobsError
from jobs.models import Tenant
from jobs.operator import Operator
from jobs.permissions import Scope
from jobs.services.tokens import MOST_DAYS, create_token


class Command(BaseCommand):
    """Prints a token once; the database keeps its hash only."""

    help = "Prints a new token for a user's requests: Authorization: Bearer <token>. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose token it is, what it is for and how long it lasts."""
        parser.add_argument("username")
        parser.add_argument("--name", default="made in the shell", help="what it is for, as people know it")
        parser.add_argument("--scope", action="append", dest="scopes", choices=list(Scope), help="what it may do; all")
        parser.add_argument("--queue", action="append", dest="queues", default=[], help="the only queues it reaches")
        parser.add_argument("--tenant", help="the only tenant it reaches, by slug or id")
        parser.add_argument("--days", type=int, help="how many days it is valid; API_TOKEN_DAYS without it")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Make the token and print nothing else, so that scripts can catch it."""
        if options["days"] is not None and not 1 <= options["days"] <= MOST_DAYS:
            raise CommandError(f"--days must be 1 to {MOST_DAYS}")
        users = get_user_model()
        try:
            user = users.objects.get_by_natural_key(username)
        except users.DoesNotExist:
            raise CommandError(f"No user {username!r}. Create one with manage.py createsuperuser.") from None
        try:
            _, text = create_token(
                user,
                name=options["name"],
                scopes=options["scopes"] or [Scope.ADMIN],
                queues=options["queues"],
                tenant=self._tenant(options["tenant"]),
                days=options["days"],
                by=Operator.of_shell(),
            )
        except JobsError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(text)

    def _tenant(self, named: str | None) -> Tenant | None:
        if named is None:
            return None
        tenant = Tenant.objects.filter(pk=named).first() or Tenant.objects.filter(slug=named).first()
        if tenant is None:
            raise CommandError(f"No tenant {named!r}")
        return tenant
