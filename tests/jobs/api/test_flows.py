"""Flows over HTTP: shown, retried, cancelled; a blocked job is explained and freed."""

from __future__ import annotations

import pytest

from jobs import FlowHandle, chain, flow
from jobs.testing import drain
from tests.jobs.api.conftest import Caller
from tests.jobs.flows.conftest import BLOCKED, CANCELLED, FAILED, WAITING, a, mend, states

pytestmark = pytest.mark.django_db


def a_stuck_flow() -> FlowHandle:
    """Return a flow whose end waits for a job that has failed."""
    plan = flow("month end")
    plan.add(a("end"), after=[plan.add(a("bad", fails=True), job_id="bad-1")], on_failure="wait")
    placed = plan.enqueue()
    drain()
    return placed


def test_a_flow_is_shown_as_a_graph(caller: Caller) -> None:
    placed = chain(a("one"), [a(f"{n}") for n in range(10)], a("last"))

    shown = caller("view_job").get(f"/api/jobs/flows/{placed.id}").json()

    assert [len(node["jobs"]) for node in shown["nodes"]] == [1, 10, 1]
    assert {(edge["child"], edge["parent"]) for edge in shown["edges"]} == {(0, 1), (1, 2)}


def test_a_blocked_job_of_a_flow_says_why_and_is_freed_once(caller: Caller) -> None:
    placed = a_stuck_flow()
    path = f"/api/jobs/reports/{placed.last.id}/waits"

    (reason,) = caller("view_job").get(path).json()
    assert (reason["stuck"], reason["name"]) == (True, "probe-gather bad-1")
    client = caller("change_job")

    assert client.post(path).json()["state"] == "waiting"
    assert client.post(path).status_code == 409
    assert states(placed) == [FAILED, WAITING]


def test_a_flow_is_retried_and_cancelled_by_who_may(caller: Caller) -> None:
    placed = a_stuck_flow()
    mend(placed.jobs[0].id)
    assert caller("view_job").post(f"/api/jobs/flows/{placed.id}/retry").status_code == 403
    client = caller("change_job")

    assert client.post(f"/api/jobs/flows/{placed.id}/retry").json() == {"moved": 1}
    assert states(placed) == [WAITING, BLOCKED]
    assert client.post(f"/api/jobs/flows/{placed.id}/cancel").json() == {"moved": 2}

    assert states(placed) == [CANCELLED, CANCELLED]
    assert client.post("/api/jobs/flows/nonsense/cancel").json()["code"] == "FLOW_NOT_FOUND"
