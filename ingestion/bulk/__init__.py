"""Reads and writes many index values in one statement, in the way that each database does best."""

from __future__ import annotations

from django.db import connection

from ingestion.bulk import postgresql, sqlite
from ingestion.bulk.table import Table

_TABLES: dict[str, Table] = {"postgresql": postgresql.VALUES, "sqlite": sqlite.VALUES}


def values_table() -> Table:
    """Return the table of index values in the words of the connected database."""
    return _TABLES[connection.vendor]
