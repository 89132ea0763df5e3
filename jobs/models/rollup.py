"""What has been counted of the runs of a minute or an hour."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class RollUp(models.Model):
    """The runs that one process ended within `minutes` from `start` on: how many of each outcome, how long they took.

    Only that process writes the row, and always the whole of it, so that writing again does no harm. Who takes back the
    jobs of a lost process writes a row of its own. Histograms are
    {number of a bucket (jobs.histogram): count}.
    """

    minutes = models.SmallIntegerField()
    start = models.DateTimeField()
    queue = models.CharField(max_length=64)
    actor = models.CharField(max_length=128)
    shard = models.CharField(max_length=36)
    completed = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    retried = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    put_off = models.IntegerField(default=0)
    lost = models.IntegerField(default=0, db_default=0)
    wait_ms = models.FloatField(default=0)
    run_ms = models.FloatField(default=0)
    waits = models.JSONField(default=dict)
    runs = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["minutes", "start", "queue", "actor", "shard"], name="jobs_rollup_once")
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.actor}: {self.minutes} min from {self.start:%Y-%m-%d %H:%M}"
