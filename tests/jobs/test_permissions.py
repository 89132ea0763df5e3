"""Permissions: every service that acts on jobs, tried by every role on its own tenant's and on foreign jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from jobs.errors import JobLost, JobNotFound, NotPermitted
from jobs.ids import new_uuid
from jobs.job_filter import JobFilter
from jobs.models import Job, Membership, Process, Tenant
from jobs.operator import Operator
from jobs.permissions import DJANGO, OPERATOR_GROUPS, TENANT_ROLES, Deed
from jobs.services import change, limits, operate, operations, processes
from jobs.services.edit import edit
from jobs.services.obliterate import obliterate
from jobs.services.operator_groups import ensure_groups
from jobs.services.permissions import EVERYTHING, may, permit
from jobs.services.prune import prune
from jobs.services.visible import visible_job, visible_jobs, visible_metrics
from jobs.states import State
from tests.jobs.rows import a_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]

QUEUE = "calculation"
DAY = timedelta(days=1)
Act = Callable[[Job, Operator], Any]


def _operation(action: str, arguments: Mapping[str, Any] | None = None) -> Act:
    def act(job: Job, by: Operator) -> bool:
        wanted = JobFilter(ids=(str(job.pk),))
        total = operations.preview(action=action, wanted=wanted, by=by)["total"]
        started = operations.start(action=action, wanted=wanted, arguments=arguments, by=by)
        assert started.total == total
        return bool(total)

    return act


JOBS: Mapping[str, tuple[str, Act]] = {
    "see": (State.WAITING, lambda job, by: visible_job(by, QUEUE, str(job.pk))),
    "list": (State.WAITING, lambda job, by: visible_jobs(by).filter(pk=job.pk).exists()),
    "count": (State.WAITING, lambda job, by: visible_metrics(by)[QUEUE]["waiting"]),
    "retry": (State.FAILED, lambda job, by: operate.retry([job.pk], by=by)),
    "retry all": (State.FAILED, lambda job, by: operations.retry_all(queue=QUEUE, by=by)),
    "cancel": (State.WAITING, lambda job, by: operate.cancel([job.pk], by=by)),
    "drain": (State.WAITING, lambda job, by: operate.drain(queue=QUEUE, by=by)),
    "promote": (State.DELAYED, lambda job, by: change.promote([job.pk], by=by)),
    "promote all": (State.DELAYED, lambda job, by: change.promote_all(queue=QUEUE, by=by)),
    "priority": (State.WAITING, lambda job, by: change.change_priority([job.pk], priority=9, by=by)),
    "delay": (State.WAITING, lambda job, by: change.change_delay([job.pk], delay=9_000, by=by)),
    "edit": (State.WAITING, lambda job, by: edit(job.pk, priority=9, by=by)),
    "operation: retry": (State.FAILED, _operation("retry")),
    "operation: cancel": (State.WAITING, _operation("cancel")),
    "operation: promote": (State.DELAYED, _operation("promote")),
    "operation: priority": (State.WAITING, _operation("priority", {"priority": 9})),
    "operation: delete": (State.FAILED, _operation("delete")),
}
"""What is done to jobs: the state it wants, and a call that returns something true if it reached the job."""

_ACT = {"retry", "retry all", "cancel", "drain", "promote", "promote all"}
_ACT |= {f"operation: {action}" for action in ("retry", "cancel", "promote")}
_SEE = {"see", "list", "count"}
_EDIT = {"priority", "delay", "edit", "operation: priority"}
OF_TENANTS: Mapping[str, set[str]] = {
    "MEMBER": set(),
    "ADMIN": _SEE | _ACT | _EDIT,
    "OWNER": _SEE | _ACT | _EDIT | {"operation: delete"},
}
OF_OPERATORS: Mapping[str, set[str]] = {
    "nobody": set(),
    "viewer": _SEE,
    "operator": _SEE | _ACT,
    "admin": _SEE | _ACT | _EDIT | {"operation: delete"},
}

WHOLE: Mapping[str, Callable[[Operator], Any]] = {
    "pause": lambda by: limits.pause(QUEUE, by=by),
    "resume": lambda by: limits.resume(QUEUE, by=by),
    "limit": lambda by: limits.set_max_active(QUEUE, jobs=1, by=by),
    "quiet a worker": lambda by: processes.quiet(Process.objects.get().pk, by=by),
    "clean": lambda by: prune(queue=QUEUE, older_than=DAY, by=by),
    "obliterate": lambda by: obliterate(QUEUE, confirm=QUEUE, by=by),
}
"""What concerns all tenants: no role in one suffices."""
_SWITCH = {"pause", "resume", "limit"}
WHOLE_BY: Mapping[str, set[str]] = {"operator": _SWITCH, "admin": set(WHOLE)}


@pytest.fixture
def worker(db: None) -> None:
    """Register a worker process."""
    ids = {"id": new_uuid(), "supervisor": new_uuid()}
    Process.objects.create(**ids, host="h", pid=1, queues=[QUEUE], threads=1, lease_until="2100-01-01T00:00Z")


def _reached(act: Act, state: str, by: Operator, tenant: str) -> bool:
    """Tell if somebody's action reaches a tenant's job."""
    Job.objects.all().delete()
    job = a_job(state, tenant=tenant, job_id="j")
    try:
        return bool(act(job, by))
    except (NotPermitted, JobNotFound, JobLost):
        return False


def _allowed(act: Callable[[Operator], Any], by: Operator) -> bool:
    try:
        act(by)
    except NotPermitted:
        return False
    return True


def _by(user: User) -> Operator:
    return Operator(user_id=str(user.pk), user=user)


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_permissions_of_a_tenant_s_role_end_at_its_tenant(role: str, worker: None) -> None:
    user = User.objects.create_user("ada")
    Membership.objects.create(user=user, tenant=Tenant.objects.create(pk="acme", slug="acme"), role=role)

    own = {name for name, (state, act) in JOBS.items() if _reached(act, state, _by(user), "acme")}
    foreign = {name for name, (state, act) in JOBS.items() if _reached(act, state, _by(user), "umbrella")}
    whole = {name for name, act in WHOLE.items() if _allowed(act, _by(user))}

    assert (own, foreign, whole) == (OF_TENANTS[role], set(), set())


@pytest.mark.parametrize("group", OF_OPERATORS)
def test_permissions_of_an_operator_s_group_reach_all_tenants(group: str, worker: None) -> None:
    user = User.objects.create_user("ada")
    if group in OPERATOR_GROUPS:
        user.groups.add(Group.objects.get(name=group))

    reached = {name for name, (state, act) in JOBS.items() if _reached(act, state, _by(user), "acme")}
    whole = {name for name, act in WHOLE.items() if _allowed(act, _by(user))}

    assert (reached, whole) == (OF_OPERATORS[group], WHOLE_BY.get(group, set()))


def test_permissions_of_somebody_who_has_been_shut_out_are_none() -> None:
    user = User.objects.create_superuser("ada")
    Membership.objects.create(user=user, tenant=Tenant.objects.create(pk="acme", slug="acme"), role="OWNER")
    assert may(user, Deed.RETRY)

    user.is_active = False

    assert not any(may(user, deed) for deed in Deed)


def test_permissions_do_not_bind_code_and_the_shell() -> None:
    assert permit(Operator.of_shell(), Deed.PURGE) == EVERYTHING


def test_the_table_of_permissions_is_what_the_groups_are_given_however_often() -> None:
    ensure_groups()
    ensure_groups()

    for name, deeds in OPERATOR_GROUPS.items():
        user = User.objects.create_user(name)
        user.groups.add(Group.objects.get(name=name))
        assert {deed for deed in DJANGO if may(user, deed)} == deeds
