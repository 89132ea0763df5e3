"""Makes users with roles and tokens, and clients that speak for them."""

from __future__ import annotations

from django.contrib.auth.models import User
from knox.models import AuthToken
from rest_framework.test import APIClient

from jobs import Membership, Tenant


def stranger() -> APIClient:
    """Return a client without credentials."""
    client = APIClient()
    client.defaults["wsgi.url_scheme"] = "https"
    return client


def caller_of(*tenants: Tenant, role: str = "OWNER") -> APIClient:
    """Return a client of a new user who has the role in each of the tenants."""
    user = User.objects.create_user(f"user-{User.objects.count()}")
    for tenant in tenants:
        Membership.objects.create(tenant=tenant, user=user, role=role)
    _, token = AuthToken.objects.create(user)
    client = stranger()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
