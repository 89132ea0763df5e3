"""The command that makes tokens."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient


def test_a_token_is_printed_once_and_kept_as_a_hash(db: None) -> None:
    User.objects.create_superuser("root")
    out = StringIO()

    call_command("create_token", "root", stdout=out)

    token = out.getvalue().strip()
    assert token not in AuthToken.objects.get().digest
    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {token}").get("/api/jobs/metrics").status_code == 200


def test_a_token_lasts_as_many_days_as_asked(db: None) -> None:
    User.objects.create_superuser("root")

    call_command("create_token", "root", days=2, stdout=StringIO())

    assert abs(AuthToken.objects.get().expiry - timezone.now() - timedelta(days=2)) < timedelta(minutes=1)


def test_a_token_needs_a_user_and_a_time_to_live(db: None) -> None:
    User.objects.create_superuser("root")

    with pytest.raises(CommandError, match="No user 'nobody'"):
        call_command("create_token", "nobody")
    with pytest.raises(CommandError, match="--days"):
        call_command("create_token", "root", days=0)
