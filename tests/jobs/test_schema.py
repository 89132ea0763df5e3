"""A release whose keys in Redis are laid out in another way is refused, and takes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs import enqueue
from jobs.dispatch.schema import SCHEMA, SchemaMismatch, agree
from jobs.models import Job
from tests.jobs.conftest import Crew, until
from tests.probe.actors import Note


def test_the_first_names_the_version_and_the_same_release_agrees(redis: Any) -> None:
    agree(redis, prefix="jobs")
    agree(redis, prefix="jobs")

    assert redis.get("jobs:schema") in (str(SCHEMA), str(SCHEMA).encode())


def test_another_version_is_refused_with_the_way_out(redis: Any) -> None:
    redis.set("jobs:schema", SCHEMA + 1)

    with pytest.raises(SchemaMismatch, match="rows refill it"):
        agree(redis, prefix="jobs")
    agree(redis, prefix="another")


@pytest.mark.django_db(transaction=True)
def test_workers_take_nothing_from_a_redis_of_another_version_until_it_is_emptied(
    crew: Callable[..., Crew], redis: Any, tmp_path: Path
) -> None:
    redis.set("jobs:schema", SCHEMA + 1)
    enqueue(Note(ledger=f"{tmp_path}/ledger", key="a"))

    crew("--processes", "1")
    until(lambda: "this release uses" in (tmp_path / "workers.log").read_text(), what="the refusal")
    assert Job.objects.get().state == "waiting"

    redis.flushdb()
    until(lambda: Job.objects.get().state == "completed", seconds=40, what="the job after the emptying")
