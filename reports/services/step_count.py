"""Counts the steps of a result inside the database: a file of many items need not decode them to say how many."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler


class StepCount(Func):
    """The length of the list `steps` in a JSON column."""

    arity = 1
    output_field = IntegerField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Return the words of PostgreSQL."""
        return self.as_sql(compiler, connection, template="jsonb_array_length(%(expressions)s -> 'steps')", **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Return the words of SQLite."""
        return self.as_sql(compiler, connection, template="json_array_length(%(expressions)s, '$.steps')", **context)
