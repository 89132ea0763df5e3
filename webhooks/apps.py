"""Registers the webhooks app with Django."""

from django.apps import AppConfig

from jobs.signals import announced, erasing, tidied


class WebhooksConfig(AppConfig):
    """Listens to what the domain announces, and sends it to the tenants' endpoints."""

    name = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the listener."""
        from webhooks.listener import hear, tidy  # noqa: PLC0415  # needs the models
        from webhooks.services.erase import erase  # noqa: PLC0415  # as above

        announced.connect(hear, dispatch_uid="webhooks.listener")
        tidied.connect(tidy, dispatch_uid="webhooks.tidy")
        erasing.connect(erase, dispatch_uid="webhooks.erase")
