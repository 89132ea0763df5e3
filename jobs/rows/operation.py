"""Freezes the selection of an operation: one statement, so one snapshot."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from jobs.rows.dialect import key, run


def freeze(connection: BaseDatabaseWrapper, operation: str, jobs: QuerySet[Any]) -> int:
    """Insert one row a job, in the order of `jobs`; return how many."""
    try:
        selected, params = jobs.values("id").query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return 0
    sql = (
        "INSERT INTO jobs_operationrow (operation_id, job_id, outcome, why) "
        f"SELECT %s, selected.id, '', '' FROM ({selected}) AS selected"
    )
    me = key(connection, operation)
    run(connection, sql, [me, *params])
    return int(run(connection, "SELECT count(*) FROM jobs_operationrow WHERE operation_id = %s", [me])[0][0])
