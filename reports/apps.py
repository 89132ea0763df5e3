"""Registers the reports app with Django."""

from django.apps import AppConfig

from jobs.signals import erasing, tidied


class ReportsConfig(AppConfig):
    """Makes the files about batches, and deletes them when the settings say so."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the deletion of old reports."""
        from reports.services.erase import erase  # noqa: PLC0415  # as above
        from reports.services.prune import prune_reports  # noqa: PLC0415  # needs the models

        tidied.connect(prune_reports, dispatch_uid="reports.prune")
        erasing.connect(erase, dispatch_uid="reports.erase")
