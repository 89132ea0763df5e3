"""Registers the calculations app with Django."""

from django.apps import AppConfig

from jobs.signals import announced


class CalculationsConfig(AppConfig):
    """The calculations app: hears of new values."""

    name = "calculations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the listener."""
        from calculations.listener import hear  # noqa: PLC0415  # needs the models

        announced.connect(hear, dispatch_uid="calculations.listener")
