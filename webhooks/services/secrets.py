"""Shows, rotates, erases and re-encrypts the secrets of endpoints."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from jobs import enqueue, write_audit
from webhooks.conf import webhook_conf
from webhooks.encryption import decrypt, encrypt, renew
from webhooks.models import WebhookEndpoint
from webhooks.payloads import EraseSecret
from webhooks.services.endpoints import ENTITY
from webhooks.services.lookup import find_endpoint
from webhooks.signing import new_secret


def show_secret(*, tenant_id: str, endpoint_id: str, user_id: str = "system") -> str:
    """Return the secret in force, and write down who saw it.

    Raises EndpointNotFound, TenantMismatch and SecretUnreadable.
    """
    with transaction.atomic():
        endpoint = find_endpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)
        secret = decrypt(endpoint.encrypted_secret)
        write_audit(
            tenant_id=tenant_id,
            action="EXPORT",
            entity_type=ENTITY,
            entity_id=endpoint_id,
            user_id=user_id,
            metadata={"shown": "signing secret"},
        )
    return secret


def rotate_secret(*, tenant_id: str, endpoint_id: str, user_id: str = "system") -> WebhookEndpoint:
    """Make a new secret now; the old one signs beside it for the overlap, then a delayed job erases it.

    A rotation within the overlap ends the older of the two old secrets at once. Raises EndpointNotFound and
    TenantMismatch.
    """
    overlap = webhook_conf().rotation_overlap
    with transaction.atomic():
        # The lock: of two rotations at once, the second must find the first one's secret as the old one.
        WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
        endpoint = find_endpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)
        endpoint.encrypted_previous_secret = endpoint.encrypted_secret
        endpoint.encrypted_secret = encrypt(new_secret())
        endpoint.previous_secret_expires_at = timezone.now() + overlap
        endpoint.save(
            update_fields=[
                "encrypted_secret", "encrypted_previous_secret", "previous_secret_expires_at", "updated_at",
            ]
        )  # fmt: skip
        write_audit(
            tenant_id=tenant_id,
            action="UPDATE",
            entity_type=ENTITY,
            entity_id=endpoint_id,
            user_id=user_id,
            metadata={"rotated": "signing secret"},
        )
        enqueue(EraseSecret(tenant_id=tenant_id, endpoint_id=endpoint_id), delay=overlap)
    return endpoint


def erase_previous_secret(*, tenant_id: str, endpoint_id: str) -> timedelta | None:
    """Erase the old secret if its overlap is over, and return how long it still runs, None if nothing is left."""
    now = timezone.now()
    endpoints = WebhookEndpoint.objects.filter(pk=endpoint_id, tenant_id=tenant_id)
    endpoints.filter(previous_secret_expires_at__lte=now).update(
        encrypted_previous_secret="", previous_secret_expires_at=None, updated_at=now
    )
    expires_at = endpoints.values_list("previous_secret_expires_at", flat=True).first()
    return None if expires_at is None else expires_at - now


def reencrypt_secrets() -> int:
    """Encrypt all secrets again with the first key, and return how many endpoints changed; older keys may then go.

    An endpoint that is rotated meanwhile is left alone: its new secret has the first key already.
    """
    changed = 0
    for endpoint in WebhookEndpoint.objects.kept().iterator():
        previous = endpoint.encrypted_previous_secret
        changed += WebhookEndpoint.objects.filter(
            pk=endpoint.pk, encrypted_secret=endpoint.encrypted_secret, encrypted_previous_secret=previous
        ).update(
            encrypted_secret=renew(endpoint.encrypted_secret),
            encrypted_previous_secret=renew(previous) if previous else "",
        )
    return changed
