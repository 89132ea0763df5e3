"""Makes a bearer token for the HTTP API."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from knox.models import AuthToken
from knox.settings import knox_settings


class Command(BaseCommand):
    """Prints a token once; the database keeps its hash only."""

    help = "Prints a new token for a user's requests: Authorization: Bearer <token>. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose token it is and how long it lasts."""
        parser.add_argument("username")
        parser.add_argument("--days", type=int, help="how many days it is valid; API_TOKEN_DAYS without it")

    def handle(self, *args: Any, username: str, days: int | None, **options: Any) -> None:
        """Make the token and print nothing else, so that scripts can catch it."""
        if days is not None and days < 1:
            raise CommandError("--days must be at least 1")
        users = get_user_model()
        try:
            user = users.objects.get_by_natural_key(username)
        except users.DoesNotExist:
            raise CommandError(f"No user {username!r}. Create one with manage.py createsuperuser.") from None
        _, token = AuthToken.objects.create(user, timedelta(days=days) if days else knox_settings.TOKEN_TTL)
        self.stdout.write(token)
