"""Endpoints from their creation to their end."""

from typing import Any

import pytest
from django.db import connection

from jobs import Tenant
from jobs.models import AuditLog
from webhooks.errors import EndpointNotFound, InvalidEventTypes, TenantMismatch, UrlRefused
from webhooks.models import WebhookEndpoint
from webhooks.services.endpoints import create_endpoint, delete_endpoint, update_endpoint
from webhooks.services.secrets import show_secret

URL = "https://8.8.8.8/hook"
TYPES = ["calc.batch.completed"]


@pytest.fixture
def endpoint(tenant: Tenant) -> WebhookEndpoint:
    """Hand out an endpoint."""
    return create_endpoint(tenant_id=tenant.pk, url=URL, event_types=TYPES)


def ids(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {"tenant_id": endpoint.tenant_id, "endpoint_id": endpoint.pk}


def stored_text() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM webhooks_webhookendpoint")
        return str(cursor.fetchall())


def test_a_new_endpoint_is_enabled_and_has_a_secret(tenant: Tenant) -> None:
    endpoint = create_endpoint(
        tenant_id=tenant.pk, url=URL, event_types=[*TYPES, "ingestion.completed", *TYPES], user_id="7"
    )

    assert endpoint.pk.startswith("ep_")
    assert endpoint.enabled
    assert endpoint.event_types == ["calc.batch.completed", "ingestion.completed"]
    assert show_secret(**ids(endpoint)).startswith("whsec_")
    created = AuditLog.objects.get(action="CREATE")
    assert (created.entity_type, created.entity_id, created.user_id) == ("WEBHOOK_ENDPOINT", endpoint.pk, "7")


def test_secrets_cannot_be_read_in_the_database_or_the_audit_log(endpoint: WebhookEndpoint) -> None:
    secret = show_secret(**ids(endpoint)).removeprefix("whsec_")

    assert secret not in stored_text()
    assert secret not in str(list(AuditLog.objects.values()))


def test_showing_the_secret_is_written_down(endpoint: WebhookEndpoint) -> None:
    show_secret(**ids(endpoint), user_id="7")

    assert AuditLog.objects.get(action="EXPORT").user_id == "7"


@pytest.mark.parametrize("given", [None, [], "calc.batch.completed", ["webhook.test"], ["tea.ready"], 3])
def test_event_types_must_be_some_of_the_four(tenant: Tenant, given: object) -> None:
    with pytest.raises(InvalidEventTypes):
        create_endpoint(tenant_id=tenant.pk, url=URL, event_types=given)


def test_a_private_address_is_refused_when_an_endpoint_is_created_or_changed(endpoint: WebhookEndpoint) -> None:
    with pytest.raises(UrlRefused):
        create_endpoint(tenant_id=endpoint.tenant_id, url="https://10.0.0.1/", event_types=TYPES)
    with pytest.raises(UrlRefused):
        update_endpoint(**ids(endpoint), url="https://169.254.169.254/")

    endpoint.refresh_from_db()
    assert endpoint.url == URL


def test_an_update_changes_what_is_given_and_says_what_it_was(endpoint: WebhookEndpoint) -> None:
    changed = update_endpoint(**ids(endpoint), url=URL, description="ERP", enabled=False)

    assert (changed.url, changed.description, changed.enabled) == (URL, "ERP", False)
    assert AuditLog.objects.get(action="UPDATE").changes == {
        "enabled": {"from": True, "to": False},
        "description": {"from": "", "to": "ERP"},
    }


def test_an_update_that_changes_nothing_writes_nothing(endpoint: WebhookEndpoint) -> None:
    update_endpoint(**ids(endpoint), url=URL, event_types=TYPES, enabled=True, description="")

    assert not AuditLog.objects.filter(action="UPDATE").exists()


def test_enabling_clears_the_reason_for_which_an_endpoint_was_disabled(endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(enabled=False, disabled_reason="410 Gone")

    changed = update_endpoint(**ids(endpoint), enabled=True)

    assert (changed.enabled, changed.disabled_reason) == (True, "")


def test_a_deleted_endpoint_is_gone_for_everyone_and_its_secret_erased(endpoint: WebhookEndpoint) -> None:
    delete_endpoint(**ids(endpoint))

    endpoint.refresh_from_db()
    assert endpoint.encrypted_secret == ""
    for act in (delete_endpoint, update_endpoint, show_secret):
        with pytest.raises(EndpointNotFound):
            act(**ids(endpoint))
    assert AuditLog.objects.get(action="DELETE").changes == {"url": URL}


@pytest.mark.parametrize("act", [delete_endpoint, update_endpoint, show_secret])
def test_another_tenants_endpoint_is_out_of_reach(endpoint: WebhookEndpoint, act: Any) -> None:
    other = Tenant.objects.create(name="B", slug="bbb")

    with pytest.raises(TenantMismatch):
        act(tenant_id=other.pk, endpoint_id=endpoint.pk)


def test_an_endpoint_goes_with_its_tenant(endpoint: WebhookEndpoint) -> None:
    endpoint.tenant.delete()

    assert not WebhookEndpoint.objects.exists()
