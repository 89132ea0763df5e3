"""The overview: one look for all viewers, and the points of its charts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from jobs.models import Alert, AlertRule, RollUp
from jobs.services import snapshot as overview
from jobs.services.limits import pause
from tests.jobs.rows import a_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis", "no_snapshot")]


@pytest.fixture
def no_snapshot(settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = False  # type: ignore[attr-defined]
    overview._last.clear()


def ran(queue: str, minutes_ago: int, *, completed: int = 0, failed: int = 0, minutes: int = 1) -> None:
    start = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=minutes_ago)
    start = start if minutes == 1 else start.replace(minute=0)
    parts = {"minutes": minutes, "start": start, "queue": queue, "actor": "a", "shard": "s"}
    RollUp.objects.create(**parts, completed=completed, failed=failed)


def test_a_snapshot_tells_counts_pauses_and_the_last_hour_of_each_queue() -> None:
    a_job()
    pause("reports")
    ran("calculation", 0, completed=3, failed=1)
    ran("calculation", 5, completed=2)

    rows = {row.queue: row for row in overview.look(now=timezone.now()).queues}

    assert (rows["calculation"].counts["waiting"], rows["calculation"].is_paused) == (1, False)
    assert rows["reports"].is_paused
    assert (rows["calculation"].ended[-1], rows["calculation"].ended[-6], sum(rows["calculation"].ended)) == (4, 2, 6)


def test_all_viewers_of_a_tick_share_one_snapshot(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = overview.snapshot()
        with django_assert_num_queries(0):
            assert overview.snapshot() is first

        clock.shift(overview.TICK + timedelta(seconds=1))
        assert overview.snapshot() is not first


def test_a_chart_has_a_point_for_each_span_also_for_those_without_a_run() -> None:
    ran("calculation", 2, completed=5, failed=2)
    ran("reports", 2, completed=1)
    ran("reports", 120, completed=7, minutes=60)

    hour, day = (overview.series(name, now=timezone.now()) for name in ("1h", "24h"))

    assert (len(hour["at"]), hour["completed"][-3], hour["failed"][-3], sum(hour["completed"])) == (61, 6, 2, 6)
    assert (len(day["at"]), sum(day["completed"]), day["completed"][-3]) == (25, 7, 7)


def test_the_overview_shows_open_alerts_with_a_way_to_the_dead_letters(admin_client: Client) -> None:
    rule = AlertRule.objects.all()[0]
    now = timezone.now()
    Alert.objects.create(
        rule=rule, queue="webhooks", severity="critical", since=now, opened_at=now, value=1, worst=1, words="30 % fail"
    )

    page = admin_client.get("/admin/").content.decode()

    assert "30 % fail" in page
    assert "/admin/jobs/job/dead-letters/?queue=webhooks" in page
    assert "none is alive" in page


def test_the_overview_is_for_those_who_may_see_all_jobs(
    admin_client: Client, django_user_model: type, client: Client
) -> None:
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))  # type: ignore[attr-defined]
    paths = ("/admin/jobs/job/live/", "/admin/jobs/job/chart/?range=7d")

    assert [admin_client.get(path).status_code for path in paths] == [200, 200]
    assert [client.get(path).status_code for path in paths] == [403, 403]
    assert "none is alive" not in client.get("/admin/").content.decode()
