"""What the webhook jobs carry."""

from jobs import Payload


class DeliverWebhook(Payload):
    """Send a message to the endpoints that still wait for it, or to one of them."""

    tenant_id: str
    message_id: str
    event_type: str
    delivery_id: str | None = None
    """Set by a redelivery: the job then leaves the message's other deliveries alone."""

    def default_job_id(self) -> str:
        """Name the job after the message: enqueued again, it is the same job."""
        return f"webhook-{self.tenant_id}-{self.message_id}"


class EraseSecret(Payload):
    """Erase the secret that a rotation replaced, once it no longer signs."""

    tenant_id: str
    endpoint_id: str
