"""Registers the calculations app with Django."""

from django.apps import AppConfig


class CalculationsConfig(AppConfig):
    """The calculations app."""

    name = "calculations"
    default_auto_field = "django.db.models.BigAutoField"
