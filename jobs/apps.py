"""Registers the engine with Django."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The job engine."""

    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import every app's actors, so that payloads know who takes them, in web processes and shells too."""
        autodiscover_modules("actors")
