"""Endpoints and their secrets over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs import AuditLog, Tenant
from tests.callers import caller_of, stranger
from webhooks.models import WebhookEndpoint
from webhooks.services.endpoints import create_endpoint
from webhooks.services.secrets import show_secret

PATH = "/api/webhooks/endpoints"
WANTED = {"url": "https://8.8.8.8/hook", "eventTypes": ["calc.batch.completed"]}
ROUTES = [
    ("get", ""),
    ("post", ""),
    ("patch", "/{}"),
    ("delete", "/{}"),
    ("get", "/{}/secret"),
    ("post", "/{}/secret/rotate"),
]

pytestmark = pytest.mark.usefixtures("jobs_without_redis")


@pytest.fixture
def endpoint(tenant: Tenant) -> WebhookEndpoint:
    """Hand out an endpoint."""
    return create_endpoint(tenant_id=tenant.pk, url=WANTED["url"], event_types=WANTED["eventTypes"])


@pytest.fixture
def client(tenant: Tenant) -> APIClient:
    """Hand out the client of an admin."""
    return caller_of(tenant, role="ADMIN")


def secret_of(endpoint: WebhookEndpoint) -> str:
    return show_secret(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk)


def test_an_endpoint_is_created_without_showing_its_secret(client: APIClient, tenant: Tenant) -> None:
    answer = client.post(PATH, WANTED | {"description": "ours"})

    endpoint = WebhookEndpoint.objects.get(tenant=tenant)
    assert (answer.status_code, answer.json()["id"], answer.json()["enabled"]) == (201, endpoint.pk, True)
    assert {name: answer.json()[name] for name in WANTED} == WANTED
    assert secret_of(endpoint) not in answer.content.decode()
    assert "whsec_" not in answer.content.decode()


def test_the_tenant_s_endpoints_are_listed(client: APIClient, endpoint: WebhookEndpoint) -> None:
    other = Tenant.objects.create(name="Umbrella", slug="umbrella")
    create_endpoint(tenant_id=other.pk, url=WANTED["url"], event_types=WANTED["eventTypes"])

    listed = client.get(PATH).json()["endpoints"]

    assert [(line["id"], line["url"]) for line in listed] == [(endpoint.pk, WANTED["url"])]


def test_a_change_leaves_the_rest_alone_and_enabling_clears_the_reason(
    client: APIClient, endpoint: WebhookEndpoint
) -> None:
    WebhookEndpoint.objects.update(enabled=False, disabled_reason="410 Gone", description="ours")

    changed = client.patch(f"{PATH}/{endpoint.pk}", {"enabled": True}).json()

    assert (changed["enabled"], changed["disabledReason"], changed["description"]) == (True, None, "ours")
    assert changed["url"] == WANTED["url"]


def test_a_deleted_endpoint_is_gone(client: APIClient, endpoint: WebhookEndpoint) -> None:
    deleted = client.delete(f"{PATH}/{endpoint.pk}")

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert client.delete(f"{PATH}/{endpoint.pk}").status_code == 404
    assert client.get(PATH).json() == {"endpoints": []}


def test_the_secret_is_shown_when_asked_for_and_written_down(client: APIClient, endpoint: WebhookEndpoint) -> None:
    shown = client.get(f"{PATH}/{endpoint.pk}/secret")

    assert AuditLog.objects.filter(action="EXPORT", entity_id=endpoint.pk).count() == 1
    assert shown.json() == {"secret": secret_of(endpoint)}
    assert shown.headers["cache-control"] == "no-store"


def test_a_rotation_tells_how_long_the_old_secret_signs(client: APIClient, endpoint: WebhookEndpoint) -> None:
    old = secret_of(endpoint)

    answer = client.post(f"{PATH}/{endpoint.pk}/secret/rotate")

    assert (answer.status_code, secret_of(endpoint) == old) == (200, False)
    assert answer.json()["previousSecretExpiresAt"] is not None
    assert "whsec_" not in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "http://8.8.8.8/"}, "INVALID_URL"),
        ({"url": "https://169.254.169.254/"}, "INVALID_URL"),
        ({"url": ""}, "INVALID_INPUT"),
        ({"url": None}, "INVALID_INPUT"),
        ({"eventTypes": []}, "INVALID_EVENT_TYPES"),
        ({"eventTypes": ["order.created"]}, "INVALID_EVENT_TYPES"),
        ({"eventTypes": "ingestion.completed"}, "INVALID_INPUT"),
        ({"description": "d" * 501}, "INVALID_INPUT"),
    ],
)
def test_an_endpoint_that_cannot_be_called_is_refused(
    client: APIClient, endpoint: WebhookEndpoint, changes: dict[str, Any], code: str
) -> None:
    for answer in (client.post(PATH, WANTED | changes), client.patch(f"{PATH}/{endpoint.pk}", changes)):
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_members_neither_read_nor_change_endpoints(
    tenant: Tenant, endpoint: WebhookEndpoint, method: str, route: str
) -> None:
    path = PATH + route.format(endpoint.pk)

    assert getattr(caller_of(tenant, role="MEMBER"), method)(path).status_code == 403
    assert getattr(stranger(), method)(path).status_code == 401


@pytest.mark.parametrize(("method", "route"), ROUTES[2:])
def test_another_tenant_s_endpoint_is_like_one_that_does_not_exist(
    endpoint: WebhookEndpoint, method: str, route: str
) -> None:
    ask = getattr(caller_of(Tenant.objects.create(name="Umbrella", slug="umbrella")), method)

    theirs, unknown = ask(PATH + route.format(endpoint.pk)), ask(PATH + route.format("none"))

    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert theirs.json()["code"] == unknown.json()["code"] == "ENDPOINT_NOT_FOUND"
    assert theirs.json()["detail"].replace(endpoint.pk, "none") == unknown.json()["detail"]
