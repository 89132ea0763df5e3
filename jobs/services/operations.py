"""Stored bulk actions: look first, start, stop, and do all the steps at once where somebody waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from jobs.draft import check_limit, check_priority
from jobs.errors import InvalidOption, NotPermitted, OperationOver
from jobs.job_filter import JobFilter
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.rows.dialect import wrapper
from jobs.rows.operation import freeze
from jobs.services.operation_step import ELIGIBLE, take_step
from jobs.services.operator_audit import Change, audit_changes
from jobs.services.permissions import permit
from jobs.services.select import select
from jobs.states import State

if TYPE_CHECKING:
    from jobs.models import Operation


DEEDS: Final[Mapping[str, Deed]] = {
    "retry": Deed.RETRY,
    "cancel": Deed.CANCEL,
    "delete": Deed.PURGE,
    "promote": Deed.RETRY,
    "priority": Deed.EDIT,
}
"""What somebody must be allowed to do to start an action, and to stop it."""


def preview(*, action: str, wanted: JobFilter, by: Operator = SYSTEM, using: str = "default") -> dict[str, Any]:
    """Count what an operation would find, moving nothing: by state, actor and tenant.

    `total` matches, `eligible` of these are in a state that the action moves. One pass over what matches.
    Raises InvalidOption, and NotPermitted if `by` may not act on such jobs; of other tenants' jobs none match.
    """
    eligible = _check_action(action)
    wanted = _within(wanted, action, by)
    names = ("state", "actor", "tenant")
    parts: dict[str, Counter[str]] = {name: Counter() for name in names}
    matching = select(wanted, using=using).order_by()
    for *values, jobs in matching.values_list(*names).annotate(jobs=Count("pk")):
        for name, value in zip(names, values, strict=True):
            parts[name][value] += jobs
    states = parts["state"]
    return {
        "total": states.total(),
        "eligible": sum(states[state] for state in eligible),
        **{part: dict(sorted(counter.items())) for part, counter in parts.items()},
    }


def start(
    *,
    action: str,
    wanted: JobFilter,
    arguments: Mapping[str, Any] | None = None,
    per_second: int | None = None,
    limit: int | None = None,
    stop_above: float | None = None,
    by: Operator = SYSTEM,
    reason: str = "",
    using: str = "default",
) -> Operation:
    """Freeze the jobs that match now (the first `limit`) and let the caretaker act on them, step by step.

    `arguments` is {"priority": n} for that action. A retry stops by itself once more than the share `stop_above`
    (0 to 1) of its jobs that have ended failed again; give it a throttle, so that they can end. Raises InvalidOption,
    and NotPermitted as `preview` does.
    """
    _check_action(action)
    wanted = _within(wanted, action, by)
    given = dict(arguments or {})
    if action == "priority":
        check_priority(given.get("priority"))
    if per_second is not None:
        check_limit("per_second", per_second)
    if stop_above is not None and not (action == "retry" and 0 <= stop_above <= 1):
        raise InvalidOption("stop_above", stop_above, "a share from 0 to 1, of a retry")
    with transaction.atomic(using=using):
        operation: Operation = _operations(using).create(
            action=action,
            filter=wanted.as_json(),
            arguments=given,
            per_second=per_second,
            stop_above=stop_above,
            reason=reason,
            user_id=by.user_id,
            tenant=wanted.tenants[0] if wanted.tenants and len(wanted.tenants) == 1 else "",
            counts=preview(action=action, wanted=wanted, using=using),
            total=0,
        )
        operation.total = freeze(wrapper(using), str(operation.pk), select(wanted, using=using)[:limit])
        _operations(using).filter(pk=operation.pk).update(total=operation.total)
        after = {"action": action, "filter": operation.filter, "arguments": given, "total": operation.total}
        _audit("START", operation, before={}, after=after, by=by, reason=reason, using=using)
    return operation


def stop(operation: UUID, *, by: Operator = SYSTEM, reason: str = "", using: str = "default") -> None:
    """Take no further step; what has been done stays. Raises OperationOver if it does not run."""
    with transaction.atomic(using=using):
        row = visible_operations(by, using=using).select_for_update().filter(pk=operation, state="running").first()
        if row is None:
            raise OperationOver(operation)
        _within(JobFilter.of_json(row.filter), row.action, by)
        _operations(using).filter(pk=operation).update(state="stopped", finished_at=Now())
        after = {"state": "stopped", "done": row.done, "skipped": row.skipped}
        _audit("STOP", row, before={"state": "running"}, after=after, by=by, reason=reason, using=using)


def finish(operation: Operation, *, using: str = "default") -> Operation:
    """Do all steps of an unthrottled operation here; should this process die, the caretaker goes on."""
    while take_step(operation.pk, using=using):
        pass
    operation.refresh_from_db(using=using)
    return operation


def running(*, using: str = "default") -> list[UUID]:
    """Return the operations that have steps to come, the oldest first."""
    return list(_operations(using).filter(state="running").order_by("pk").values_list("pk", flat=True))


def retry_all(
    *,
    queue: str,
    state: str = State.FAILED,
    tenants: frozenset[str] | None = None,
    limit: int | None = None,
    by: Operator = SYSTEM,
    reason: str = "",
    using: str = "default",
) -> int:
    """Retry all jobs of a queue that are in a finished state now, the longest finished first; return how many moved."""
    wanted = JobFilter(queue=queue, states=(state,), tenants=None if tenants is None else tuple(sorted(tenants)))
    operation = start(action="retry", wanted=wanted, limit=limit, by=by, reason=reason, using=using)
    return finish(operation, using=using).done


def visible_operations(by: Operator, *, using: str = "default") -> QuerySet[Operation]:
    """Return the operations that `by` may see: of their tenants and queues, or their own. Raises NotPermitted."""
    reach = permit(by, Deed.VIEW)
    rows: QuerySet[Operation] = _operations(using).all()
    if reach.tenants is not None:
        rows = rows.filter(Q(tenant__in=reach.tenants) | Q(user_id=by.user_id))
    return rows if reach.queues is None else rows.filter(filter__queue__in=sorted(reach.queues))


def _within(wanted: JobFilter, action: str, by: Operator) -> JobFilter:
    """Return the filter without the jobs that `by` may not act on; raises NotPermitted."""
    reach = permit(by, DEEDS[action])
    if reach.queues is not None and wanted.queue not in reach.queues:
        raise NotPermitted(f"{DEEDS[action]} jobs of this queue")
    if reach.tenants is None:
        return wanted
    named = reach.tenants if wanted.tenants is None else reach.tenants & set(wanted.tenants)
    return replace(wanted, tenants=tuple(sorted(named)))


def _operations(using: str) -> Any:
    return apps.get_model("jobs", "Operation").objects.using(using)


def _check_action(action: str) -> tuple[str, ...]:
    """Return the states that an action moves; raises InvalidOption."""
    if action not in ELIGIBLE:
        raise InvalidOption("action", action, f"one of {', '.join(ELIGIBLE)}")
    return tuple(ELIGIBLE[action])


def _audit(
    action: str, operation: Operation, *, before: Any, after: Any, by: Operator, reason: str, using: str
) -> None:
    change = Change(
        action=action,
        entity_type="OPERATION",
        entity_id=str(operation.pk),
        before=before,
        after=after,
        tenant=operation.tenant,
    )
    audit_changes([change], by=by, reason=reason, using=using)
