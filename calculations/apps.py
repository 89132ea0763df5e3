"""Registers the calculations app with Django."""

from django.apps import AppConfig

from jobs.signals import announced, erasing


class CalculationsConfig(AppConfig):
    """The calculations app: hears of new values."""

    name = "calculations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the listener."""
        from calculations.listener import hear  # noqa: PLC0415  # needs the models
        from calculations.services.erase import erase  # noqa: PLC0415  # as above

        announced.connect(hear, dispatch_uid="calculations.listener")
        erasing.connect(erase, dispatch_uid="calculations.erase")
