"""What can be wrong with a webhook; every error has a `code` for the doors to show."""

from typing import ClassVar


class WebhookError(Exception):
    """Raised when a webhook service refuses; the subclasses say why."""

    code: ClassVar[str]


class UrlRefused(WebhookError):
    """Raised when an endpoint's URL may not be called."""

    code = "INVALID_URL"

    def __init__(self, url: object, *, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"URL refused: {reason}")


class InvalidEventTypes(WebhookError):
    """Raised when an endpoint subscribes to nothing, or to events that do not exist."""

    code = "INVALID_EVENT_TYPES"

    def __init__(self, *, unknown: list[str]) -> None:
        self.unknown = unknown
        super().__init__(f"Unknown event types: {', '.join(unknown)}" if unknown else "Event types are required")


class EndpointNotFound(WebhookError):
    """Raised when no endpoint has this id, or it was deleted."""

    code = "ENDPOINT_NOT_FOUND"

    def __init__(self, endpoint_id: str) -> None:
        self.endpoint_id = endpoint_id
        super().__init__(f"Webhook endpoint not found: {endpoint_id}")


class EndpointDisabled(WebhookError):
    """Raised when something is to be sent to an endpoint that is switched off."""

    code = "ENDPOINT_DISABLED"

    def __init__(self, endpoint_id: str) -> None:
        self.endpoint_id = endpoint_id
        super().__init__(f"Webhook endpoint is disabled: {endpoint_id}")


class MessageNotFound(WebhookError):
    """Raised when no message has this id."""

    code = "MESSAGE_NOT_FOUND"

    def __init__(self, message_id: str) -> None:
        self.message_id = message_id
        super().__init__(f"Webhook message not found: {message_id}")


class DeliveryNotFound(WebhookError):
    """Raised when no delivery has this id."""

    code = "DELIVERY_NOT_FOUND"

    def __init__(self, delivery_id: str) -> None:
        self.delivery_id = delivery_id
        super().__init__(f"Webhook delivery not found: {delivery_id}")


class DeliveryPending(WebhookError):
    """Raised when a delivery is to be sent again while its first sending is not over."""

    code = "DELIVERY_PENDING"

    def __init__(self, delivery_id: str) -> None:
        self.delivery_id = delivery_id
        super().__init__(f"Webhook delivery is still pending: {delivery_id}")


class TenantMismatch(WebhookError):
    """Raised when a row belongs to another tenant than the caller; a door shows it as not found."""

    code = "TENANT_MISMATCH"

    def __init__(self, entity_id: str, *, tenant_id: str) -> None:
        self.entity_id = entity_id
        self.tenant_id = tenant_id
        super().__init__(f"{entity_id} does not belong to tenant {tenant_id}")


class UnknownEventType(WebhookError):
    """Raised when a body is asked for an event that has none."""

    code = "UNKNOWN_EVENT_TYPE"

    def __init__(self, event_type: str) -> None:
        self.event_type = event_type
        super().__init__(f"Unknown event type: {event_type}")


class MissingFact(WebhookError):
    """Raised when an announcement lacks a fact that its event's body must have."""

    code = "MISSING_FACT"

    def __init__(self, event_type: str, fact: str) -> None:
        self.event_type = event_type
        self.fact = fact
        super().__init__(f"Event {event_type} needs {fact}")


class SecretUnreadable(WebhookError):
    """Raised when no configured key decrypts a stored secret."""

    code = "SECRET_UNREADABLE"

    def __init__(self) -> None:
        super().__init__("The signing secret cannot be decrypted with any configured key")
