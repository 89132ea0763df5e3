"""Registers the ingestion app with Django."""

from django.apps import AppConfig

from jobs.signals import erasing


class IngestionConfig(AppConfig):
    """The ingestion app."""

    name = "ingestion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the erasure of a tenant's rows."""
        from ingestion.services.erase import erase  # noqa: PLC0415  # needs the models

        erasing.connect(erase, dispatch_uid="ingestion.erase")
