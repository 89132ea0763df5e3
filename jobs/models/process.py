"""Worker processes and their leases."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Process(models.Model):
    """One worker process. It may claim jobs while `lease_until` is ahead and `fenced_at` is empty."""

    id = models.UUIDField(primary_key=True)
    supervisor = models.UUIDField()
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    queues = models.JSONField(default=list)
    threads = models.IntegerField()
    started_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField()
    fenced_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    busy = models.IntegerField(db_default=0)
    unrecorded = models.IntegerField(db_default=0, help_text="Outcomes that wait for the database.")
    memory_bytes = models.BigIntegerField(null=True, blank=True)
    version = models.CharField(max_length=64, blank=True, db_default="")
    beat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
