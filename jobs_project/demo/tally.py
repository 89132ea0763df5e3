"""Counts the demo's jobs, and shows them."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count
from rich.table import Table

from jobs.models import Job
from jobs.states import State

Counts = dict[str, dict[str, int]]


def count_jobs(tenant_ids: Iterable[str]) -> Counts:
    """Return how many jobs of the tenants stand in each state, by queue."""
    counts: Counts = {queue: {} for queue in settings.JOBS["QUEUES"]}
    rows = Job.objects.filter(tenant__in=list(tenant_ids)).values_list("queue", "state").annotate(count=Count("id"))
    for queue, state, count in rows.order_by("queue", "state"):
        counts.setdefault(queue, {})[state] = count
    return counts


def as_table(counts: Counts) -> Table:
    """Return the counts as a table: a row for each queue, a column for each state that occurs."""
    states = [state for state in State if state == State.COMPLETED or any(state in row for row in counts.values())]
    table = Table("queue", title="Jobs by queue and state", title_justify="left")
    for state in states:
        table.add_column(str(state), justify="right")
    for queue, row in counts.items():
        table.add_row(queue, *(str(row.get(state, 0)) for state in states))
    return table
