"""What the ingestion tests share: a tenant, and an ear for announcements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jobs import Tenant
from jobs.signals import announced


@pytest.fixture
def tenant(db: None) -> Tenant:
    """Hand out a tenant."""
    return Tenant.objects.create(name="Acme", slug="acme")


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """Hand out the list of what is announced during the test."""
    announcements: list[dict[str, Any]] = []

    def listen(**announcement: Any) -> None:
        announcements.append({name: announcement[name] for name in ("type", "tenant_id", "key", "facts")})

    announced.connect(listen)
    yield announcements
    announced.disconnect(listen)
