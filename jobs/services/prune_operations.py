"""Deletes old operations with their rows."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.db.models.functions import Now


def prune_operations(*, older_than: timedelta, limit: int = 10_000, using: str = "default") -> int:
    """Delete up to `limit` rows of operations that ended longer ago, and those that have none left; return how many.

    The audit log keeps that they were.
    """
    operations = apps.get_model("jobs", "Operation").objects.using(using)
    gone = 0
    for operation in operations.filter(finished_at__lt=Now() - older_than).order_by("pk")[:limit]:
        with transaction.atomic(using=using):
            ids = list(operation.rows.order_by("pk").values_list("pk", flat=True)[: limit - gone])
            gone += len(ids)
            if ids:
                operation.rows.filter(pk__lte=ids[-1]).delete()
            if gone >= limit:
                break
            operations.filter(pk=operation.pk).delete()
    return gone
