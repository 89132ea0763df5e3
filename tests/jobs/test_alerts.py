"""Alerts, each by its real cause; the time is passed in."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from jobs import enqueue_many, get_queue
from jobs.caretaker.caretaker import Caretaker
from jobs.models import Alert, AlertChannel, AlertRule, Job, Process
from jobs.services.alert_rules import ensure_rules
from jobs.services.alerts import judge
from jobs.services.dispatching import dispatcher
from jobs.services.operate import cancel, drain
from jobs.worker.beat import Beat
from jobs.worker.lease import enter
from jobs.workers import start_workers, stop_workers
from tests.jobs.conftest import until
from tests.jobs.rows import a_job
from tests.probe.actors import Misbehave

pytestmark = pytest.mark.django_db(transaction=True)
PROCESS = "00000000-0000-7000-8000-00000000000a"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    ensure_rules()


def names(moved: list[Alert]) -> list[tuple[str, str]]:
    return [(alert.rule.name, alert.queue) for alert in moved]


def waiting(count: int) -> None:
    enqueue_many([Misbehave(what="fail") for _ in range(count)])


def test_an_alert_opens_when_more_than_a_thousand_jobs_wait_for_fifteen_minutes(redis: Any) -> None:
    now = timezone.now()
    waiting(1_001)
    assert judge(now=now) == []
    assert judge(now=now + 14 * MINUTE) == []

    opened = judge(now=now + 15 * MINUTE)

    assert names(opened) == [("waiting", "calculation")]
    assert opened[0].severity == "warning"
    assert opened[0].words == "calculation: 1,001 jobs wait (limit 1,000)"
    assert (opened[0].since, opened[0].opened_at) == (now, now + 15 * MINUTE)
    assert judge(now=now + 16 * MINUTE) == []  # it is open already


def test_a_critical_alert_opens_when_more_than_five_thousand_wait_for_five_minutes(redis: Any) -> None:
    now = timezone.now()
    waiting(5_001)
    judge(now=now)

    opened = judge(now=now + 5 * MINUTE)

    assert names(opened) == [("waiting-critical", "calculation")]
    assert opened[0].severity == "critical"


def test_a_thousand_waiting_jobs_are_no_alert(redis: Any) -> None:
    now = timezone.now()
    waiting(1_000)
    judge(now=now)

    assert judge(now=now + 60 * MINUTE) == []
    assert not Alert.objects.exists()


def test_a_paused_queue_is_no_alert(redis: Any) -> None:
    now = timezone.now()
    waiting(1_001)
    Job.objects.update(run_at=now - timedelta(days=1))
    get_queue("calculation").pause()
    judge(now=now)

    assert judge(now=now + 60 * MINUTE) == []


def test_a_short_peak_is_forgotten_by_the_alert_s_hold(redis: Any) -> None:
    now = timezone.now()
    waiting(1_001)
    judge(now=now)
    drain(queue="calculation")
    judge(now=now + 10 * MINUTE)
    waiting(1_001)

    assert judge(now=now + 16 * MINUTE) == []


def test_an_alert_closes_only_well_below_its_threshold(redis: Any) -> None:
    now = timezone.now()
    AlertRule.objects.filter(name="waiting").update(threshold=10, clear_at=5, hold=timedelta())
    waiting(11)
    assert names(judge(now=now)) == [("waiting", "calculation")]
    ids = list(Job.objects.values_list("pk", flat=True))

    cancel(ids[:3])
    assert judge(now=now + MINUTE) == []  # 8 wait: below the threshold, not yet well
    cancel(ids[3:6])
    closed = judge(now=now + 2 * MINUTE)

    assert closed[0].closed_at == now + 2 * MINUTE
    assert closed[0].worst == 11
    assert judge(now=now + 3 * MINUTE) == []


@pytest.mark.parametrize(("failing", "opens"), [(2, True), (1, False)])
def test_an_alert_opens_when_over_five_percent_of_at_least_twenty_jobs_fail(
    redis: Any, failing: int, opens: bool
) -> None:
    enqueue_many([Misbehave(what="fail") for _ in range(failing)])
    enqueue_many([Misbehave(what="retry", times=0) for _ in range(20 - failing)])
    start_workers(["calculation"])
    until(lambda: Job.objects.filter(finished_at=None).count() == 0)
    stop_workers()

    opened = judge(now=timezone.now())

    assert names(opened) == ([("failure-rate", "calculation")] if opens else [])


def test_a_few_failed_jobs_are_no_alert(redis: Any) -> None:
    enqueue_many([Misbehave(what="fail") for _ in range(19)])
    start_workers(["calculation"])
    until(lambda: Job.objects.filter(finished_at=None).count() == 0)
    stop_workers()

    assert judge(now=timezone.now()) == []


def test_an_alert_opens_when_nothing_finishes_for_five_minutes_while_jobs_wait(redis: Any) -> None:
    waiting(1)
    assert judge(now=timezone.now()) == []
    five_minutes_pass()

    opened = judge(now=timezone.now())

    assert names(opened) == [("nothing-finished", "calculation")]


def test_jobs_that_finish_are_no_alert_however_long_others_wait(redis: Any) -> None:
    enqueue_many([Misbehave(what="retry", times=0)])
    start_workers(["calculation"])
    until(lambda: Job.objects.filter(finished_at=None).count() == 0)
    stop_workers()
    waiting(1)
    five_minutes_pass()

    assert judge(now=timezone.now()) == []


def five_minutes_pass() -> None:
    Job.objects.update(run_at=F("run_at") - timedelta(minutes=5, seconds=1))


def test_an_alert_opens_when_redis_fills_its_memory(redis: Any) -> None:
    used = int(redis.info("memory")["used_memory"])
    try:
        redis.config_set("maxmemory", int(used * 1.1))

        opened = judge(now=timezone.now())
    finally:
        redis.config_set("maxmemory", 0)

    assert names(opened) == [("redis-memory", "")]
    assert "of its memory limit" in opened[0].words
    assert names(judge(now=timezone.now())) == [("redis-memory", "")]  # no limit any more: closed


def test_an_alert_opens_when_a_job_has_waited_an_hour(redis: Any) -> None:
    AlertRule.objects.filter(name="nothing-finished").update(is_enabled=False)
    waiting(2)
    first = Job.objects.order_by("pk")[0]
    Job.objects.filter(pk=first.pk).update(run_at=timezone.now() - timedelta(minutes=61))

    assert names(judge(now=timezone.now())) == [("oldest-age", "calculation")]


def test_an_alert_opens_when_outcomes_wait_for_the_database(redis: Any) -> None:
    enter(PROCESS, supervisor=PROCESS, queues=["calculation"], threads=2)
    Beat(PROCESS, busy=lambda: 2, unrecorded=lambda: 1_001).write_if_due()
    now = timezone.now()
    judge(now=now)

    opened = judge(now=now + timedelta(seconds=30))

    assert names(opened) == [("outcomes-waiting", "")]
    Process.objects.update(unrecorded=0)
    assert names(judge(now=now + MINUTE)) == [("outcomes-waiting", "")]


def open_at_once(now: datetime) -> list[Alert]:
    AlertRule.objects.filter(name="waiting").update(threshold=0, clear_at=0, hold=timedelta())
    waiting(1)
    return judge(now=now)


def test_an_alert_goes_to_the_log_when_it_opens_and_when_it_closes(
    redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="jobs.alerts")
    open_at_once(timezone.now())
    drain(queue="calculation")
    judge(now=timezone.now())

    told = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "jobs.alerts"]

    assert told == [
        ("WARNING", "[Alert] Opened: calculation: 1 jobs wait (limit 0)"),
        ("INFO", "[Alert] Closed: calculation: 1 jobs wait (limit 0)"),
    ]


def test_a_muted_alert_is_kept_and_not_sent(redis: Any, caplog: pytest.LogCaptureFixture) -> None:
    AlertRule.objects.filter(name="waiting").update(muted_until=timezone.now() + timedelta(hours=1))

    opened = open_at_once(timezone.now())

    assert Alert.objects.get().opened_at == opened[0].opened_at
    assert not [record for record in caplog.records if record.name == "jobs.alerts"]


def test_a_disabled_rule_closes_its_alerts(redis: Any) -> None:
    open_at_once(timezone.now())
    AlertRule.objects.update(is_enabled=False)

    judge(now=timezone.now())

    assert Alert.objects.get().closed_at is not None


def test_an_unknown_alert_channel_keeps_no_other_from_sending(redis: Any, caplog: pytest.LogCaptureFixture) -> None:
    AlertChannel.objects.create(pk=0, kind="pigeon", target="roof")

    open_at_once(timezone.now())

    assert "[Alert] Opened" in caplog.text
    assert "pigeon roof failed" in caplog.text


def test_the_caretaker_judges_the_alert_rules_without_redis(db: None, settings: Any, jobs_without_redis: None) -> None:
    AlertRule.objects.filter(name="waiting").update(threshold=0, clear_at=0, hold=timedelta())
    settings.JOBS = {**settings.JOBS, "DISPATCH": True}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    dispatcher.cache_clear()
    a_job("waiting")

    with pytest.raises(RedisConnectionError):
        Caretaker().turn()

    assert Alert.objects.get(rule__name="waiting").opened_at is not None


def test_a_changed_alert_rule_is_left_as_it_is_by_the_next_migrate(db: None) -> None:
    AlertRule.objects.filter(name="waiting").update(threshold=7)

    ensure_rules()

    assert AlertRule.objects.get(name="waiting").threshold == 7
    assert AlertRule.objects.count() == 7
