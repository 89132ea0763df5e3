"""Moves the stored signing secrets to the newest encryption key."""

from typing import Any

from django.core.management.base import BaseCommand

from webhooks.services.secrets import reencrypt_secrets


class Command(BaseCommand):
    """Run it after a new first key, before the old one is taken out of the settings."""

    help = "Encrypt all signing secrets again with the first key of WEBHOOKS['ENCRYPTION_KEYS']."

    def handle(self, **options: Any) -> None:
        """Re-encrypt, and say how many endpoints changed."""
        self.stdout.write(f"Re-encrypted the secrets of {reencrypt_secrets()} endpoints")
