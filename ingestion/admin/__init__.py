"""How operators see series, values and loads."""

from ingestion.admin import feeds, runs, series, values

__all__ = ["feeds", "runs", "series", "values"]
