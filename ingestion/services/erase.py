"""Erases what this app has of a tenant."""

from __future__ import annotations

from ingestion.models import Feed, FeedFile, IndexSeries, IndexValue, IngestionContent, IngestionRun
from jobs import erase_rows


def erase(*, tenant: str, **_: object) -> int:
    """Delete a bounded number of a tenant's rows, and return how many. Hears the engine's `erasing`."""
    return erase_rows(
        FeedFile.objects.filter(feed__tenant=tenant),
        Feed.objects.filter(tenant=tenant),
        IngestionContent.objects.filter(run__tenant=tenant),
        IngestionRun.objects.filter(tenant=tenant),
        IndexValue.objects.filter(tenant=tenant),
        IndexSeries.objects.filter(tenant=tenant),
    )
