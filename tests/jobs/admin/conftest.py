"""Operators: one who may do everything, and those who may do less."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client


@pytest.fixture(autouse=True)
def plain_http(settings: Any, jobs_without_redis: None) -> None:
    """Serve the tests' client, which speaks http, and ask no Redis."""
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def operator(admin_client: Client) -> Client:
    """Hand out a signed-in superuser."""
    return admin_client


@pytest.fixture
def staff(db: None) -> Callable[..., Client]:
    """Hand out a function that signs in a person with some permissions."""

    def sign_in(*permissions: str) -> Client:
        user = User.objects.create_user("staff", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client = Client()
        client.force_login(user)
        return client

    return sign_in
