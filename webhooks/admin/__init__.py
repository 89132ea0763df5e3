"""How operators see webhooks."""

from webhooks.admin import deliveries, endpoints, messages

__all__ = ["deliveries", "endpoints", "messages"]
