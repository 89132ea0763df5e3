"""The engine's commands and checks."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from jobs import enqueue
from jobs.checks import check_eviction, check_settings
from jobs.testing import drain
from tests.probe.actors import Misbehave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]


def retry(*args: str) -> str:
    said = StringIO()
    call_command("retry_jobs", *args, stdout=said)
    return said.getvalue()


def test_named_jobs_are_retried() -> None:
    job = enqueue(Misbehave(what="fail"), job_id="one")
    drain()

    assert retry("calculation", "one") == "1 of 1 jobs are waiting again; the others had not finished.\n"
    assert job.refresh().state == "waiting"


def test_all_failed_jobs_of_a_queue_are_retried() -> None:
    for _ in range(3):
        enqueue(Misbehave(what="fail"))
    drain()

    assert retry("calculation", "--all") == "3 jobs are waiting again.\n"


@pytest.mark.parametrize("args", [["nowhere", "--all"], ["calculation"], ["calculation", "stranger"]])
def test_what_cannot_be_retried_is_refused_in_words(args: list[str]) -> None:
    with pytest.raises(CommandError, match=r"Known: ingestion|Name jobs|Unknown in calculation"):
        retry(*args)


def test_gevent_is_refused_with_the_reason() -> None:
    with pytest.raises(CommandError, match="real threads"):
        call_command("rundramatiq", "--use-gevent")


def test_settings_that_cannot_be_read_are_an_error_of_check(settings: Any) -> None:
    settings.JOBS = {"QUEUES": {"q": {"concurrency": 0}}}

    assert "whole number above 0" in str(check_settings()[0].msg)


def test_a_redis_that_evicts_is_an_error_of_check(redis: Any) -> None:
    assert check_eviction() == []
    redis.config_set("maxmemory-policy", "allkeys-lru")

    try:
        assert check_eviction()[0].id == "jobs.E002"
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
