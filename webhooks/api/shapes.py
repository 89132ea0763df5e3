"""What endpoints look like in JSON; none of these shapes but one holds a secret."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jobs import timestamp
from webhooks.models import WebhookEndpoint


class CreateEndpointShape(serializers.Serializer[Any]):
    """A new endpoint; the service judges the URL and the event types."""

    url = serializers.CharField(max_length=2_000)
    eventTypes = serializers.ListField(  # noqa: N815  # JSON names are camelCase
        source="event_types", child=serializers.CharField(max_length=100), max_length=100
    )
    description = serializers.CharField(required=False, allow_blank=True, max_length=500)


class UpdateEndpointShape(serializers.Serializer[Any]):
    """What is to change; the rest stays."""

    url = serializers.CharField(max_length=2_000, required=False)
    eventTypes = serializers.ListField(  # noqa: N815
        source="event_types", child=serializers.CharField(max_length=100), max_length=100, required=False
    )
    enabled = serializers.BooleanField(required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=500)


class EndpointShape(serializers.Serializer[Any]):
    """An endpoint without its secrets; an old secret signs too until `previousSecretExpiresAt`."""

    id = serializers.CharField()
    url = serializers.CharField()
    eventTypes = serializers.ListField(child=serializers.CharField())  # noqa: N815
    enabled = serializers.BooleanField()
    description = serializers.CharField(allow_null=True)
    disabledReason = serializers.CharField(allow_null=True)  # noqa: N815
    previousSecretExpiresAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    createdAt = serializers.DateTimeField()  # noqa: N815
    updatedAt = serializers.DateTimeField()  # noqa: N815


class EndpointsShape(serializers.Serializer[Any]):
    """The tenant's endpoints."""

    endpoints = EndpointShape(many=True)


class SecretShape(serializers.Serializer[Any]):
    """The secret that signs for an endpoint."""

    secret = serializers.CharField()


def tell_endpoint(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return an endpoint as HTTP answers it."""
    expires_at = endpoint.previous_secret_expires_at
    return {
        "id": endpoint.pk,
        "url": endpoint.url,
        "eventTypes": endpoint.event_types,
        "enabled": endpoint.enabled,
        "description": endpoint.description or None,
        "disabledReason": endpoint.disabled_reason or None,
        "previousSecretExpiresAt": timestamp(expires_at) if expires_at else None,
        "createdAt": timestamp(endpoint.created_at),
        "updatedAt": timestamp(endpoint.updated_at),
    }
