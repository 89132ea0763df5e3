"""How operators see series, values and loads."""

from ingestion.admin import runs, series, values

__all__ = ["runs", "series", "values"]
