"""Flows in the admin: the picture, what holds a flow up, and the buttons."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.urls import reverse

from jobs import FlowHandle, chain, enqueue, flow, throttle
from jobs.admin.flow_picture import draw_flow
from jobs.models import DedupKey, Job
from jobs.services.flow_graph import read_graph
from jobs.testing import drain
from tests.jobs.flows.conftest import BLOCKED, CANCELLED, FAILED, WAITING, a, mend, states

pytestmark = pytest.mark.django_db


def a_stuck_flow() -> FlowHandle:
    """Return a flow whose end waits for a job that has failed."""
    plan = flow("month end")
    plan.add(a("end"), after=[plan.add(a("bad", fails=True), job_id="bad-1")], on_failure="wait")
    placed = plan.enqueue()
    drain()
    assert states(placed) == [FAILED, BLOCKED]
    return placed


def test_a_flows_page_draws_it_and_says_what_holds_it_up(operator: Client) -> None:
    placed = a_stuck_flow()

    page = operator.get(reverse("admin:jobs_flow_change", args=[placed.id])).content.decode()

    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert "is failed, and this job waits until it completes: retry it, or free this job" in page
    listed = operator.get(reverse("admin:jobs_flow_changelist")).content.decode()
    assert "month end" in listed


def test_a_blocked_jobs_page_explains_itself_and_frees_it(operator: Client) -> None:
    placed = a_stuck_flow()
    page = reverse("admin:jobs_job_change", args=[placed.last.id])
    shown = operator.get(page).content.decode()
    assert "bad-1 is failed, and this job waits until it completes" in shown
    assert reverse("admin:jobs_flow_change", args=[placed.id]) in shown

    operator.post(reverse("admin:jobs_job_act", args=[placed.last.id]), {"verb": "free"})

    assert states(placed) == [FAILED, WAITING]


def test_a_flow_is_retried_and_cancelled_by_its_buttons(operator: Client) -> None:
    placed = a_stuck_flow()
    mend(placed.jobs[0].id)
    form = {"_selected_action": placed.id, "from_flow": "1"}

    operator.post(reverse("admin:jobs_flow_changelist"), {**form, "action": "retry_flows"})
    assert states(placed) == [WAITING, BLOCKED]
    operator.post(reverse("admin:jobs_flow_changelist"), {**form, "action": "cancel_flows"})

    assert states(placed) == [CANCELLED, CANCELLED]


def test_who_may_only_look_gets_no_buttons_of_a_flow(staff: Callable[..., Client]) -> None:
    placed = a_stuck_flow()
    client = staff("view_flow", "view_job")

    page = client.get(reverse("admin:jobs_flow_change", args=[placed.id])).content.decode()
    client.post(reverse("admin:jobs_flow_changelist"), {"action": "cancel_flows", "_selected_action": placed.id})

    assert "cancel_flows" not in page
    assert states(placed) == [FAILED, BLOCKED]


def test_jobs_that_stand_alike_in_a_flow_are_one_box(db: None) -> None:
    chain(a("one"), [a(f"<{n}>") for n in range(100)], a("last"))

    graph = read_graph(Job.objects.exclude(flow=None)[0].flow_id or "")
    picture = fromstring(draw_flow(graph))  # noqa: S314  (ours)

    assert [node.count for node in graph.nodes] == [1, 100, 1]
    assert len(graph.edges) == 2
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "probe-gather × 100" in texts


def test_a_dedup_key_is_released_in_the_admin(operator: Client) -> None:
    enqueue(a("one"), dedup=throttle("k", 60_000))
    page = reverse("admin:jobs_dedupkey_changelist")
    assert "k" in operator.get(page).content.decode()

    operator.post(page, {"action": "release_keys", "_selected_action": str(DedupKey.objects.get().pk)})

    assert DedupKey.objects.get().job_id is None
