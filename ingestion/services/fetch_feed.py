"""Takes in what a feed has that it had not before."""

from __future__ import annotations

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone

from ingestion.conf import ingestion_settings
from ingestion.errors import FeedNotFound, FeedRefused, FeedUnreadable
from ingestion.faults import CsvTooLarge, EmptyCsv, InvalidCsv
from ingestion.fetching import FoundFile, read_files
from ingestion.models import Feed, FeedFile
from ingestion.services.upload import upload_csv


def fetch_feed(*, tenant_id: str, feed_id: str) -> list[str]:
    """Enqueue the load of every new file of a feed, each in its own transaction; return the runs' ids.

    A file whose content was taken before is left out, whoever takes it at the same time: the digest is unique. What
    went wrong is kept with the feed. Raises FeedNotFound, FeedRefused, and FeedUnreadable for what may pass.
    """
    feed = Feed.objects.filter(pk=feed_id, tenant=tenant_id).first()
    if feed is None:
        raise FeedNotFound(feed_id)
    runs = []
    try:
        for found in read_files(feed.location, conf=ingestion_settings()):
            run = _take(feed, found)
            if run is not None:
                runs.append(run)
    except (FeedRefused, FeedUnreadable) as error:
        Feed.objects.filter(pk=feed.pk).update(problem=str(error)[:400])
        raise
    Feed.objects.filter(pk=feed.pk).update(problem="", fetched_at=timezone.now())
    return runs


def _take(feed: Feed, found: FoundFile) -> str | None:
    """Return the run that loads a file, None if it was taken before."""
    digest = hashlib.sha256(found.content).hexdigest()
    if FeedFile.objects.filter(feed=feed, digest=digest).exists():
        return None
    try:
        with transaction.atomic():
            run = upload_csv(
                tenant_id=feed.tenant_id,
                content=found.content,
                create_missing_series=feed.create_missing_series,
                requested_by=f"feed:{feed.pk}",
            )
            FeedFile.objects.create(feed=feed, digest=digest, name=found.name, run=run)
    except IntegrityError:  # somebody else has just taken it
        return None
    except (CsvTooLarge, EmptyCsv, InvalidCsv) as error:
        raise FeedRefused(feed.location, f"{found.name}: {error}") from error
    return run.pk
