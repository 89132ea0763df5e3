"""Registers the engine with Django."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The job engine."""

    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import every app's actors, so that payloads know who takes them, in web processes and shells too."""
        import_module("jobs.checks")  # for its registrations
        autodiscover_modules("actors")
        # Of auth, which comes later: then the permissions of this app are there
        post_migrate.connect(
            import_module("jobs.services.operator_groups").ensure_groups, sender=apps.get_app_config("auth")
        )
        post_migrate.connect(import_module("jobs.services.alert_rules").ensure_rules, sender=self)
