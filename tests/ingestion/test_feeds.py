"""Feeds: folders and URLs whose new files a schedule takes in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from ingestion.errors import FeedNotFound, FeedRefused, FeedUnreadable
from ingestion.models import Feed, FeedFile, IndexValue, IngestionRun
from ingestion.payloads import FetchFeed
from ingestion.services.fetch_feed import fetch_feed
from jobs import Tenant, enqueue
from jobs.testing import drain
from tests.ingestion.rows import make_series

HEAD = "seriesCode,asOfDate,value,versionTag\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any, jobs_without_redis: None) -> Path:
    """Hand out the folder of the feed `oil`."""
    settings.INGESTION = {
        "feed_folder": str(tmp_path),
        "feed_allow_http": True,
        "feed_networks": ("127.0.0.0/8",),
        "feed_ports": tuple(range(1_024, 65_536)),
    }
    (tmp_path / "oil").mkdir()
    return tmp_path / "oil"


def a_feed(tenant: Tenant, location: str = "oil") -> Feed:
    return Feed.objects.create(tenant=tenant, name="f", location=location, create_missing_series=True)


def test_a_scheduled_feed_loads_each_file_of_its_folder_once(tenant: Tenant, folder: Path) -> None:
    feed = a_feed(tenant)
    (folder / "1.csv").write_text(f"{HEAD}WTI,2024-01-15,1.1,FINAL\n")
    (folder / "2.csv").write_text(f"{HEAD}WTI,2024-01-16,1.2,FINAL\n")

    enqueue(FetchFeed(tenant_id=tenant.pk, feed_id=feed.pk))
    drain()
    (folder / "2.csv").rename(folder / "renamed.csv")
    enqueue(FetchFeed(tenant_id=tenant.pk, feed_id=feed.pk))
    drain()

    assert IndexValue.objects.count() == 2
    assert IngestionRun.objects.count() == FeedFile.objects.count() == 2
    feed.refresh_from_db()
    assert feed.fetched_at is not None


def test_a_feed_loads_what_its_url_answers_whenever_that_is_new(tenant: Tenant, httpserver: HTTPServer) -> None:
    make_series(tenant, "WTI")
    feed = a_feed(tenant, httpserver.url_for("/prices"))
    answers = [
        f"{HEAD}WTI,2024-01-15,1.1,FINAL\n",
        f"{HEAD}WTI,2024-01-15,1.1,FINAL\n",
        f"{HEAD}WTI,2024-01-15,2,FINAL\n",
    ]

    runs = []
    for answer in answers:
        httpserver.clear()
        httpserver.expect_request("/prices").respond_with_data(answer)
        runs.append(len(fetch_feed(tenant_id=tenant.pk, feed_id=feed.pk)))
    drain()

    assert runs == [1, 0, 1]
    assert [value.value for value in IndexValue.objects.all()] == [2]


@pytest.mark.parametrize("location", ["../secret", "/etc", "file:///etc/passwd", "http://10.0.0.1:8000/x"])
def test_a_feed_outside_what_is_allowed_is_refused(tenant: Tenant, location: str, folder: Path) -> None:
    feed = a_feed(tenant, location)

    with pytest.raises(FeedRefused):
        fetch_feed(tenant_id=tenant.pk, feed_id=feed.pk)

    feed.refresh_from_db()
    assert location.split("/", maxsplit=1)[0] in feed.problem


def test_a_link_in_a_feeds_folder_that_leads_outside_is_left_out(
    tenant: Tenant, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("outside") / "secret.csv"
    secret.write_text(HEAD)
    (folder / "link.csv").symlink_to(secret)

    assert fetch_feed(tenant_id=tenant.pk, feed_id=a_feed(tenant).pk) == []


def test_a_feed_that_does_not_answer_is_tried_again(tenant: Tenant, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/prices").respond_with_data("busy", status=503)
    feed = a_feed(tenant, httpserver.url_for("/prices"))

    with pytest.raises(FeedUnreadable, match="503"):
        fetch_feed(tenant_id=tenant.pk, feed_id=feed.pk)

    job = enqueue(FetchFeed(tenant_id=tenant.pk, feed_id=feed.pk))
    drain()
    assert job.refresh().state == "delayed"


def test_a_feed_is_its_tenants(tenant: Tenant) -> None:
    other = Tenant.objects.create(name="Other", slug="other")

    with pytest.raises(FeedNotFound):
        fetch_feed(tenant_id=other.pk, feed_id=a_feed(tenant).pk)
