"""`manage.py jobs`: operations of the shell, for people and for programs."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from jobs import AuditLog
from jobs.models import Job, QueueConfig
from jobs.states import State
from tests.jobs.rows import a_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]


def say(*words: str) -> str:
    said = StringIO()
    call_command("jobs", *words, stdout=said)
    return said.getvalue()


def tell(*words: str) -> Any:
    return json.loads(say(*words, "--json"))


def test_the_jobs_command_counts_queues() -> None:
    a_job()

    assert tell("status", "calculation")[0]["waiting"] == 1
    assert "calculation" in say("status")


def test_the_jobs_command_lists_and_shows_jobs_without_payloads() -> None:
    a_job(State.COMPLETED)
    failed = a_job(State.FAILED, error="no answer", payload={"secret": "s3cret"})

    listed = tell("list", "calculation", "--state", "failed")
    shown = say("show", "calculation", failed.job_id, "--json")

    assert [row["job_id"] for row in listed] == [failed.job_id]
    assert "no answer" in shown
    assert "s3cret" not in shown


def test_the_jobs_command_retries_and_cancels_with_an_audit() -> None:
    failed, waiting = a_job(State.FAILED), a_job()

    retried = tell("retry", "calculation", failed.job_id, waiting.job_id, "--reason", "fixed")
    cancelled = tell("cancel", "calculation", waiting.job_id)

    assert [row["done"] for row in retried] == [True, False]
    assert [row["done"] for row in cancelled] == [True]
    assert set(AuditLog.objects.values_list("action", flat=True)) == {"RETRY", "CANCEL"}
    assert all(user.startswith("shell") for user in AuditLog.objects.values_list("user_id", flat=True))


def test_the_jobs_command_pauses_and_resumes_a_queue() -> None:
    say("pause", "calculation")
    paused = QueueConfig.objects.get().paused_at

    say("resume", "calculation")

    assert paused is not None
    assert QueueConfig.objects.get().paused_at is None


def test_the_jobs_command_cleans_what_is_old_enough() -> None:
    a_job(State.COMPLETED, finished_at=timezone.now() - timedelta(days=8))
    young = a_job(State.COMPLETED)

    assert tell("clean", "calculation")[0]["deleted"] == 1
    assert Job.objects.get() == young
    assert AuditLog.objects.get().action == "CLEAN"


@pytest.mark.parametrize("words", [["pause", "nowhere"], ["retry", "calculation", "stranger"]])
def test_the_jobs_command_refuses_in_words(words: list[str]) -> None:
    with pytest.raises(CommandError, match=r"Known: ingestion|Unknown in calculation"):
        say(*words)
