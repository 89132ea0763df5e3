"""What the webhook tests share: a tenant, leave to call this machine, and receivers that misbehave."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from jobs import Tenant

from tests.webhooks.wire import Talk, Wire

LOCAL = {"ALLOW_HTTP": True, "ALLOWED_NETWORKS": ["127.0.0.0/8", "::1/128"], "ALLOWED_PORTS": None}


@pytest.fixture
def tenant(db: None) -> Tenant:
    """Hand out a tenant."""
    return Tenant.objects.create(name="Acme", slug="acme")


@pytest.fixture
def local_calls(settings: Any) -> Callable[..., None]:
    """Allow calls to this machine; the function handed out changes further settings."""

    def set_further(**further: object) -> None:
        settings.WEBHOOKS = {**LOCAL, **further}

    set_further()
    return set_further


@pytest.fixture
def wire() -> Iterator[Callable[[Talk], Wire]]:
    """Hand out a maker of servers that speak raw bytes; stopped when the test ends."""
    with ExitStack() as stack:
        yield lambda talk: stack.enter_context(Wire(talk))
