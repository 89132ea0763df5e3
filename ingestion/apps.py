"""Registers the ingestion app with Django."""

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    """The ingestion app."""

    name = "ingestion"
    default_auto_field = "django.db.models.BigAutoField"
