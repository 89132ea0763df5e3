"""Fair shares from the enqueue to the row and back: a job stays in its group whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from jobs import enqueue, enqueue_many, get_queue, new_id
from jobs.caretaker.patrol import PatrolAll
from jobs.conf import read as read_settings
from jobs.dispatch.entries import Exchange
from jobs.errors import InvalidOption
from jobs.models import AuditLog, GroupLimit, Job
from jobs.rows.claim import claim
from jobs.rows.process import fence, register
from jobs.services.dispatching import dispatcher
from jobs.services.explain import why_not_running
from jobs.services.reclaim import reclaim
from jobs.services.settle import settle
from jobs.services.shares import set_share
from jobs.states import State
from jobs.testing import drain
from tests.jobs.conftest import until
from tests.probe.actors import Misbehave, Note, read

Q = "calculation"


@pytest.fixture
def counts(transactional_db: None, redis: Any) -> Callable[[], tuple[int, int]]:
    """Hand out a function that counts the waiting and active jobs of group `a` in Redis."""
    settle_all()
    return lambda: dispatcher().group(Q, "a")


def settle_all() -> None:
    settle(connection, dispatcher().stats([Q])[0])


def note(key: str = "k", **fields: Any) -> Note:
    return Note(ledger="", key=key, **fields)


def test_a_group_is_an_option_of_the_job_and_another_one_none(counts: Callable[[], tuple[int, int]]) -> None:
    enqueue_many([note(), note()], group="a")
    enqueue(note())

    assert counts() == (2, 0)
    assert sorted(job.options.get("group", "") for job in Job.objects.all()) == ["", "a", "a"]
    assert dispatcher().stats([Q])[0].waiting == 3


def test_a_fair_queue_makes_each_tenant_a_group(counts: Callable[[], tuple[int, int]], settings: Any) -> None:
    queues = {**settings.JOBS["QUEUES"], Q: {"fair": True}}
    settings.JOBS = {**settings.JOBS, "QUEUES": queues}

    enqueue(note(tenant_id="a"))
    enqueue(note())

    assert counts() == (1, 0)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b", 5])
def test_what_cannot_be_a_group_is_refused(transactional_db: None, jobs_without_redis: None, name: Any) -> None:
    if name == "":
        assert enqueue(note(), group=name).refresh().row.options == {}
        return
    with pytest.raises(InvalidOption, match="group"):
        enqueue(note(), group=name)


def test_groups_come_back_after_a_wipe_with_those_that_run(counts: Callable[[], tuple[int, int]], redis: Any) -> None:
    set_share(Q, group="a", max_active=1)
    jobs = enqueue_many([note(), note(), note()], group="a")
    process = new_id()
    register(connection, process, supervisor=process, host="h", pid=1, queues=[Q], threads=1, lease_s=60)
    claim(connection, [jobs[0].id], process=process, lease_s=60)

    redis.flushdb()
    dispatcher().stats([Q])  # sees the new epoch
    patrol = PatrolAll()
    patrol.hurry()
    settle_all()
    patrol(connection)

    assert counts() == (2, 1)


@pytest.mark.parametrize("way", ["retry", "reclaim", "priority", "delay"])
def test_a_group_goes_with_its_job_through_every_verb(counts: Callable[[], tuple[int, int]], way: str) -> None:
    job = enqueue(note(), group="a")
    process = new_id()
    register(connection, process, supervisor=process, host="h", pid=1, queues=[Q], threads=1, lease_s=60)

    if way == "retry":
        job.cancel()
        job.retry()
    elif way == "reclaim":
        claim(connection, [job.id], process=process, lease_s=60)
        fence(connection, process)
        reclaim(connection, process)
    elif way == "priority":
        job.change_priority(5)
    else:
        job.change_delay(60_000)
        job.promote()

    assert counts() == (1, 0)


def test_a_run_that_is_repeated_stays_in_its_group(transactional_db: None, jobs_without_redis: None) -> None:
    job = enqueue(Misbehave(what="retry", times=1), group="a")

    drain(delayed=True)

    assert job.refresh().row.options["group"] == "a"


def test_a_groups_share_holds_in_real_workers(workers: None, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    get_queue(Q).set_group_limits("a", max_active=1)

    enqueue_many([Note(ledger=str(ledger), key=f"a{n}", ms=20) for n in range(6)], group="a")
    enqueue_many([Note(ledger=str(ledger), key=f"b{n}", ms=20) for n in range(6)], group="b")
    until(lambda: not Job.objects.exclude(state=State.COMPLETED).exists())

    assert most_at_once(ledger, "a") == 1
    assert most_at_once(ledger, "b") > 1


def most_at_once(ledger: Path, group: str) -> int:
    running: set[str] = set()
    most = 0
    for line in read(ledger):
        (running.add if line["event"] == "S" else running.discard)(line["key"])
        most = max(most, sum(key.startswith(group) for key in running))
    return most


def test_limits_of_groups_are_kept_audited_and_lifted(db: None, jobs_without_redis: None) -> None:
    set_share(Q, group="a", max_active=2, max_starts=10, window=60_000)
    set_share(Q, max_active=5)
    set_share(Q, group="a")

    assert list(GroupLimit.objects.values_list("group", "max_active")) == [("", 5)]
    assert [entry.action for entry in AuditLog.objects.all()] == ["LIMIT"] * 3
    with pytest.raises(InvalidOption):
        set_share(Q, group="a", max_starts=5)
    with pytest.raises(InvalidOption):
        set_share(Q, group="a", max_active=0)


def test_an_operator_limits_a_group_in_the_admin(admin_client: Client, settings: Any, jobs_without_redis: None) -> None:
    settings.SECURE_SSL_REDIRECT = False
    form = {"queue": Q, "group": "acme", "max_active": "3", "max_starts": "", "window_ms": ""}

    added = admin_client.post("/admin/jobs/grouplimit/add/", form)
    half = admin_client.post("/admin/jobs/grouplimit/add/", form | {"group": "b", "max_starts": "5"})
    row = GroupLimit.objects.get()
    changed = admin_client.post(f"/admin/jobs/grouplimit/{row.pk}/change/", form | {"max_active": "4"})

    assert (added.status_code, changed.status_code) == (302, 302)
    assert "needs both" in half.content.decode()
    assert GroupLimit.objects.get().max_active == 4
    assert [entry.user_id != "system" for entry in AuditLog.objects.all()] == [True, True]


def test_the_settings_know_fair_queues() -> None:
    assert read_settings({"QUEUES": {Q: {"fair": True}}}).queue(Q).fair


def test_a_job_of_a_group_at_its_limit_says_so(counts: Callable[[], tuple[int, int]]) -> None:
    set_share(Q, max_active=1)
    jobs = enqueue_many([note(), note()], group="a")
    dispatcher().exchange(new_id(), [Exchange(Q, 1)])

    said = [reason.words for reason in why_not_running(jobs[1].row)]

    assert "1 jobs of the group a run, and no more than 1 may." in said
    assert counts() == (1, 1)
