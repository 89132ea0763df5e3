"""The pages of dead letters: what they show, and who may bring back."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from jobs.models import AuditLog, Operation
from jobs.states import State
from tests.jobs.rows import a_job

KEY = {"queue": "calculation", "actor": "process-calculation", "error_type": "KeyError", "fingerprint": "aa"}
GROUP = "{}?{}"


def group_page() -> str:
    return GROUP.format(reverse("admin:jobs_dead_letter_group"), urlencode(KEY))


def fail(count: int = 3) -> None:
    for _ in range(count):
        a_job(State.FAILED, error_type="KeyError", error="<currency>", fingerprint="aa", tenant="acme")


def test_dead_letters_are_listed_by_group_with_a_link_to_each(operator: Client) -> None:
    fail()

    page = operator.get(reverse("admin:jobs_dead_letters")).content.decode()

    assert "3 dead letters in 1 group:" in page
    assert "&lt;currency&gt;" in page
    assert "fingerprint=aa" in page


def test_an_empty_page_of_dead_letters_teaches(operator: Client) -> None:
    page = operator.get(reverse("admin:jobs_dead_letters"), {"queue": "reports"}).content.decode()

    assert "one as a canary" in page
    assert "queue: reports" in page


def test_a_stage_of_a_group_is_started_with_throttle_threshold_and_reason(operator: Client) -> None:
    fail(20)

    operator.post(group_page(), {"stage": "tenth", "per_second": "50", "stop_above": "20", "reason": "it is back"})

    operation = Operation.objects.get()
    assert (operation.total, operation.per_second, operation.stop_above) == (2, 50, 0.2)
    assert operation.reason == "it is back"
    assert AuditLog.objects.filter(action="START", entity_type="OPERATION").count() == 1
    assert "0 of 2" in operator.get(group_page()).content.decode()


def test_a_group_that_is_gone_is_still_a_page(operator: Client) -> None:
    assert "Nothing is left of this group" in operator.get(group_page()).content.decode()


def test_dead_letters_are_brought_back_by_those_who_may(staff: Callable[..., Client]) -> None:
    fail()
    viewer = staff("view_job")

    assert "Bring back" not in viewer.get(group_page()).content.decode()
    assert viewer.post(group_page(), {"stage": "canary"}).status_code == 403
    assert not Operation.objects.exists()


def test_dead_letters_are_seen_by_those_who_may(staff: Callable[..., Client]) -> None:
    assert staff().get(reverse("admin:jobs_dead_letters")).status_code == 403
