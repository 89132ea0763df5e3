"""Creates, changes and deletes endpoints; each change leaves an audit row."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from jobs import write_audit
from webhooks.addresses import check_url
from webhooks.encryption import encrypt
from webhooks.errors import EndpointNotFound, InvalidEventTypes
from webhooks.events import is_subscribable
from webhooks.models import WebhookEndpoint
from webhooks.services.lookup import find_endpoint
from webhooks.signing import new_secret

ENTITY = "WEBHOOK_ENDPOINT"


def create_endpoint(
    *, tenant_id: str, url: object, event_types: object, description: str = "", user_id: str = "system"
) -> WebhookEndpoint:
    """Create an enabled endpoint with a fresh secret; raises UrlRefused and InvalidEventTypes. Looks the name up."""
    checked_url, checked_types = check_url(url), check_event_types(event_types)
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.create(
            tenant_id=tenant_id,
            url=checked_url,
            event_types=checked_types,
            description=description,
            encrypted_secret=encrypt(new_secret()),
        )
        write_audit(
            tenant_id=tenant_id,
            action="CREATE",
            entity_type=ENTITY,
            entity_id=endpoint.pk,
            user_id=user_id,
            changes={"url": checked_url, "eventTypes": checked_types, "description": description},
        )
    return endpoint


def update_endpoint(
    *,
    tenant_id: str,
    endpoint_id: str,
    url: object = None,
    event_types: object = None,
    enabled: bool | None = None,
    description: str | None = None,
    user_id: str = "system",
) -> WebhookEndpoint:
    """Change what is given, None leaves a field alone; enabling clears the reason for which it was disabled.

    Raises EndpointNotFound, TenantMismatch, UrlRefused and InvalidEventTypes. A new URL's name is looked up.
    """
    wanted: dict[str, Any] = {
        "url": None if url is None else check_url(url),
        "event_types": None if event_types is None else check_event_types(event_types),
        "enabled": enabled,
        "description": description,
        "disabled_reason": "" if enabled else None,
    }
    with transaction.atomic():
        before = find_endpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)
        changes = {
            name: value for name, value in wanted.items() if value is not None and value != getattr(before, name)
        }
        if not changes:
            return before
        moved = WebhookEndpoint.objects.kept().filter(pk=endpoint_id).update(**changes, updated_at=timezone.now())
        if not moved:
            raise EndpointNotFound(endpoint_id)
        write_audit(
            tenant_id=tenant_id,
            action="UPDATE",
            entity_type=ENTITY,
            entity_id=endpoint_id,
            user_id=user_id,
            changes={_NAMES[name]: {"from": getattr(before, name), "to": value} for name, value in changes.items()},
        )
        return find_endpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)


def delete_endpoint(*, tenant_id: str, endpoint_id: str, user_id: str = "system") -> None:
    """Delete the endpoint and erase its secrets; deliveries still pending fail when their turn comes.

    Raises EndpointNotFound and TenantMismatch.
    """
    with transaction.atomic():
        endpoint = find_endpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)
        now = timezone.now()
        moved = WebhookEndpoint.objects.kept().filter(pk=endpoint_id).update(
            deleted_at=now,
            enabled=False,
            encrypted_secret="",
            encrypted_previous_secret="",
            previous_secret_expires_at=None,
            updated_at=now,
        )  # fmt: skip
        if not moved:
            raise EndpointNotFound(endpoint_id)
        write_audit(
            tenant_id=tenant_id,
            action="DELETE",
            entity_type=ENTITY,
            entity_id=endpoint_id,
            user_id=user_id,
            changes={"url": endpoint.url},
        )


def check_event_types(given: object) -> list[str]:
    """Return the event types without repeats, in the order given; raises InvalidEventTypes."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidEventTypes(unknown=[])
    types = list(dict.fromkeys(map(str, given)))
    unknown = [event_type for event_type in types if not is_subscribable(event_type)]
    if unknown or not types:
        raise InvalidEventTypes(unknown=unknown)
    return types


_NAMES = {
    "url": "url",
    "event_types": "eventTypes",
    "enabled": "enabled",
    "description": "description",
    "disabled_reason": "disabledReason",
}
