"""Registers the engine with Django."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The job engine."""

    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
