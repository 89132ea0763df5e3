"""Deletes what an app has of a tenant, some rows at a time."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet


def erase_rows(*rows: QuerySet[Any], limit: int = 1_000) -> int:
    """Delete up to `limit` rows of the first query set that has any, in one transaction; return how many.

    Name what hangs on other rows before these, so that no delete has much to take with it.
    """
    for some in rows:
        ids = list(some.order_by().values_list("pk", flat=True)[:limit])
        if ids:
            with transaction.atomic(using=some.db):
                some.model._base_manager.using(some.db).filter(pk__in=ids).delete()  # noqa: SLF001  (past any filter)
            return len(ids)
    return 0
