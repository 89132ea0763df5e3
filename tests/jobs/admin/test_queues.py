"""Queues in the admin."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from jobs.models import Job, QueueConfig, QueueCount
from jobs.services.limits import limits
from jobs.states import State
from tests.jobs.rows import a_job

LIST = "/admin/jobs/queueconfig/"


def act(client: Client, action: str, *queues: str) -> str:
    return client.post(LIST, {"action": action, "_selected_action": list(queues)}, follow=True).content.decode()


def test_all_declared_queues_are_listed_with_their_counts(operator: Client) -> None:
    QueueCount.objects.create(queue="reports", state=State.COMPLETED, shard="", count=4_711)

    page = operator.get(LIST)

    listed = [row.queue for row in page.context["cl"].result_list]
    assert listed[:4] == ["ingestion", "calculation", "webhooks", "reports"]
    assert "4711" in page.content.decode()


def test_a_look_at_known_queues_asks_little(
    operator: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    operator.get(LIST)

    # session, user, known queues, count, rows, kept counts, live counts; and while Redis is not asked, who is paused
    with django_assert_num_queries(8):
        operator.get(LIST)


def test_queues_are_paused_and_go_on(operator: Client) -> None:
    operator.get(LIST)

    paused = act(operator, "pause_queues", "reports", "webhooks")
    stopped = limits("reports").paused, limits("webhooks").paused, limits("ingestion").paused
    act(operator, "resume_queues", "reports")

    assert stopped == (True, True, False)
    assert "reports is paused." in paused
    assert (limits("reports").paused, limits("webhooks").paused) == (False, True)


def test_all_dead_letters_of_a_queue_are_brought_back(operator: Client) -> None:
    operator.get(LIST)
    a_job(State.FAILED)
    a_job(State.FAILED, queue="reports")
    Job.objects.update(finished_at=timezone.now())

    page = act(operator, "retry_failed", "calculation")

    assert "calculation: 1 jobs retried." in page
    assert list(Job.objects.filter(state=State.WAITING).values_list("queue", flat=True)) == ["calculation"]


def test_limits_are_set_together_or_not_at_all(operator: Client) -> None:
    QueueConfig.objects.create(queue="reports")
    path = reverse("admin:jobs_queueconfig_change", args=["reports"])

    half = operator.post(path, {"max_starts": "100"})
    none = operator.post(path, {"max_active": "0"})
    operator.post(path, {"max_starts": "100", "window_ms": "60000", "max_active": "3"})

    assert "needs both" in half.content.decode()
    assert "pause the queue" in none.content.decode()
    assert (limits("reports").max_starts, limits("reports").window_ms, limits("reports").max_active) == (100, 60_000, 3)


@pytest.mark.parametrize("action", ["pause_queues", "retry_failed"])
def test_who_may_only_view_switches_nothing(staff: Callable[..., Client], action: str) -> None:
    client = staff("view_queueconfig", "view_job")
    client.get(LIST)
    a_job(State.FAILED, queue="reports")

    act(client, action, "reports")

    assert not limits("reports").paused
    assert Job.objects.get().state == State.FAILED
