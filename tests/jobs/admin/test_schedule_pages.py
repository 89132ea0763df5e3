"""Schedules in the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from jobs.models import AuditLog, Job, Schedule
from jobs.services.fire import fire_due
from tests.jobs.admin.test_queues import act
from tests.jobs.schedules.conftest import NOON

LIST = "/admin/jobs/schedule/"
FORM = {
    "name": "nightly",
    "actor": "probe-note",
    "payload": '{"ledger": "", "key": "k"}',
    "cron": "0 6 * * 1-5",
    "time_zone": "Europe/Berlin",
    "missed": "once",
    "missed_limit": "10",
    "overlap": "skip",
    "priority": "0",
    "runs-TOTAL_FORMS": "0",
    "runs-INITIAL_FORMS": "0",
}


def a_schedule(**fields: object) -> Schedule:
    payload = {"ledger": "", "key": "k"}
    given = {"name": "s", "actor": "probe-note", "payload": payload, "every": timedelta(hours=1), "next_at": NOON}
    return Schedule.objects.create(**(given | fields))


def test_an_operator_makes_a_schedule_and_reads_it_in_words(operator: Client) -> None:
    answer = operator.post(f"{LIST}add/", FORM)
    page = operator.get(LIST).content.decode()

    assert answer.status_code == 302
    assert "At 06:00 on Monday through Friday (Europe/Berlin)" in page
    assert "never yet" in page
    assert AuditLog.objects.get().action == "CREATE"


def test_a_schedule_with_a_wrong_cron_line_is_told_why(operator: Client) -> None:
    answer = operator.post(f"{LIST}add/", FORM | {"cron": "61 * * * *"})

    assert "Bad minute" in answer.content.decode()
    assert not Schedule.objects.exists()


def test_a_schedule_is_paused_resumed_and_run_by_who_may(operator: Client, staff: Callable[..., Client]) -> None:
    schedule = a_schedule()
    pk = str(schedule.pk)
    order = {"action": "run_schedules", "_selected_action": [pk]}

    staff("view_schedule").post(LIST, order)
    refused = Job.objects.count()
    for action in ("pause_schedules", "resume_schedules", "run_schedules"):
        operator.post(LIST, {"action": action, "_selected_action": [pk]})

    assert refused == 0
    assert Job.objects.count() == 1
    assert [entry.action for entry in AuditLog.objects.order_by("pk")] == ["PAUSE", "RESUME", "RUN"]


def test_the_page_of_a_schedule_shows_its_runs(operator: Client) -> None:
    schedule = a_schedule()
    fire_due(now=NOON + timedelta(hours=3))

    page = operator.get(f"{LIST}{schedule.pk}/change/").content.decode()

    assert "Every 1 hour" in page
    assert "missed" in page
    assert "waiting" in page


def test_a_declared_schedule_is_not_changed_or_deleted_in_the_admin(operator: Client) -> None:
    schedule = a_schedule(is_declared=True)

    operator.post(f"{LIST}{schedule.pk}/change/", FORM)
    page = operator.get(f"{LIST}{schedule.pk}/delete/")
    act(operator, "delete_selected", str(schedule.pk))

    assert page.status_code == 403
    assert Schedule.objects.get().name == "s"
