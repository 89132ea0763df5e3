"""Bringing jobs back and cancelling them."""

from collections.abc import Callable

from django.test import Client

from jobs.models import Job
from jobs.states import State
from tests.jobs.rows import a_job

LIST = "/admin/jobs/job/"


def act(client: Client, action: str, *jobs: Job, **more: str) -> str:
    chosen = {"action": action, "_selected_action": [str(job.pk) for job in jobs], **more}
    answer = client.post(LIST, chosen, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def states(*jobs: Job) -> list[str]:
    return [Job.objects.get(pk=job.pk).state for job in jobs]


def test_finished_jobs_wait_again_and_the_others_are_skipped(operator: Client) -> None:
    jobs = [a_job(state) for state in (State.FAILED, State.CANCELLED, State.COMPLETED, State.ACTIVE)]

    page = act(operator, "retry_jobs", *jobs)

    assert states(*jobs) == ["waiting", "waiting", "waiting", "active"]
    assert "3 jobs retried." in page
    assert "1 job skipped: not finished." in page


def test_jobs_that_have_not_started_are_cancelled_and_the_others_are_skipped(operator: Client) -> None:
    jobs = [a_job(state) for state in (State.WAITING, State.DELAYED, State.ACTIVE, State.COMPLETED)]

    page = act(operator, "cancel_jobs", *jobs)

    assert states(*jobs) == ["cancelled", "cancelled", "active", "completed"]
    assert "2 jobs cancelled." in page
    assert "2 jobs skipped: started or finished." in page
    assert Job.objects.get(pk=jobs[2].pk).cancel_requested_at is None


def test_all_jobs_of_a_filtered_list_are_brought_back_at_once(operator: Client) -> None:
    failed = [a_job(State.FAILED) for _ in range(120)]
    other = a_job(State.COMPLETED)

    operator.post(
        f"{LIST}?state=failed",
        {"action": "retry_jobs", "_selected_action": [str(failed[0].pk)], "select_across": "1", "index": "0"},
    )

    assert set(states(*failed)) == {"waiting"}
    assert states(other) == ["completed"]


def test_who_may_only_view_moves_nothing(staff: Callable[..., Client]) -> None:
    client = staff("view_job")
    failed, waiting = a_job(State.FAILED), a_job(State.WAITING)

    act(client, "retry_jobs", failed)
    act(client, "cancel_jobs", waiting)

    assert states(failed, waiting) == ["failed", "waiting"]


def test_who_may_change_jobs_moves_them(staff: Callable[..., Client]) -> None:
    job = a_job(State.FAILED)

    act(staff("view_job", "change_job"), "retry_jobs", job)

    assert states(job) == ["waiting"]
