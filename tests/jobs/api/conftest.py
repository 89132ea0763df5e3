"""Callers of the API: with permissions, with roles, with neither."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from knox.models import AuthToken
from rest_framework.test import APIClient

from jobs import Membership, Tenant

Caller = Callable[..., APIClient]


@pytest.fixture(autouse=True)
def plain_http(settings: Any, jobs_without_redis: None) -> None:
    """Serve the tests' client, which speaks http, and ask no Redis."""
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def caller(db: None) -> Caller:
    """Hand out a function that makes a user with permissions and roles, and a client with the user's token."""

    def make(*permissions: str, **roles: str) -> APIClient:
        user = User.objects.create_user(f"user-{User.objects.count()}")
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        for slug, role in roles.items():
            tenant, _ = Tenant.objects.get_or_create(pk=slug, slug=slug)
            Membership.objects.create(tenant=tenant, user=user, role=role)
        _, token = AuthToken.objects.create(user)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make
