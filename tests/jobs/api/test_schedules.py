"""Schedules over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.models import AuditLog, Job, Schedule
from tests.jobs.api.conftest import Caller

NEW = {
    "name": "nightly",
    "actor": "probe-note",
    "data": {"ledger": "", "key": "k"},
    "cron": "0 6 * * *",
    "timeZone": "Europe/Berlin",
    "missed": "all",
    "missedLimit": 3,
}
PATH = "/api/jobs/schedules"


def a_schedule(tenant: str) -> Schedule:
    payload = {"ledger": "", "key": "k", "tenantId": tenant}
    fields = {"name": f"of-{tenant}", "tenant": tenant, "actor": "probe-note", "payload": payload}
    return Schedule.objects.create(**fields, every=timedelta(hours=1))


def test_an_operator_makes_changes_and_deletes_a_schedule(caller: Caller) -> None:
    client = caller("change_schedule", "view_schedule")

    made = client.post(PATH, NEW, format="json")
    one = f"{PATH}/{made.json()['id']}"
    changed = client.patch(one, {"cron": "0 7 * * *"}, format="json")
    listed = client.get(PATH).json()["schedules"]
    deleted = client.delete(one)

    assert (made.status_code, made.json()["runs"]) == (201, "At 06:00 every day (Europe/Berlin)")
    assert made.json()["nextAt"] != changed.json()["nextAt"]
    assert changed.json()["missedLimit"] == 3
    assert [row["standing"] for row in listed] == ["active"]
    assert (deleted.status_code, client.get(one).status_code) == (204, 404)
    assert [entry.action for entry in AuditLog.objects.order_by("pk")] == ["CREATE", "UPDATE", "DELETE"]


@pytest.mark.parametrize(
    ("wrong", "field"), [({"cron": "x"}, "cron"), ({"actor": "gone"}, "actor"), ({"data": 1}, "data")]
)
def test_a_schedule_that_could_not_fire_is_refused_with_its_field(
    caller: Caller, wrong: dict[str, object], field: str
) -> None:
    answer = caller("change_schedule").post(PATH, NEW | wrong, format="json")

    assert answer.status_code == 400
    assert field in answer.json()["details"]


def test_a_schedule_is_paused_resumed_and_run(caller: Caller) -> None:
    client, one = caller("change_schedule"), f"{PATH}/{a_schedule('a').pk}"

    standings = [client.post(f"{one}/{verb}").json()["standing"] for verb in ("pause", "resume")]
    asked = client.post(f"{one}/run")

    assert standings == ["paused", "active"]
    assert asked.status_code == 202
    assert str(Job.objects.get().pk) == asked.json()["id"]


def test_the_admin_of_a_tenant_switches_its_own_schedules_and_makes_none(caller: Caller) -> None:
    client = caller(a="ADMIN")
    own, other = (f"{PATH}/{a_schedule(tenant).pk}" for tenant in ("a", "b"))

    assert [row["name"] for row in client.get(PATH).json()["schedules"]] == ["of-a"]
    assert client.post(f"{own}/pause").status_code == 200
    assert client.post(f"{other}/pause").status_code == 404
    assert client.post(PATH, NEW, format="json").status_code == 403
    assert client.patch(own, {"priority": 9}, format="json").status_code == 403
    assert client.delete(own).status_code == 403


def test_members_see_no_schedules(caller: Caller) -> None:
    assert caller(a="MEMBER").get(PATH).status_code == 403
