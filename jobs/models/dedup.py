"""Keys under which equal jobs are one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from jobs.ids import new_uuid


class DedupKey(models.Model):
    """A key of a queue and tenant: the job made under it last, and how often it saved one."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    queue = models.CharField(max_length=64)
    tenant = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=200)
    job = models.ForeignKey(
        "jobs.Job",
        on_delete=models.DO_NOTHING,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )
    held_until = models.DateTimeField(null=True, blank=True, help_text="A throttle's window ends then.")
    kept = models.BigIntegerField(default=0, help_text="Payloads dropped for the job that was there.")
    replaced = models.BigIntegerField(default=0, help_text="Payloads that took the place of an earlier one.")
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "deduplication key"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["queue", "tenant", "key"], name="jobs_dedupkey_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["used_at"], name="jobs_dedupkey_used")]

    def __str__(self) -> str:
        return self.key
