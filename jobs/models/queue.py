"""What is stored of a queue: its switches and its counts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now


class QueueConfig(models.Model):
    """An operator's settings of a queue; they outlive Redis, which gets a copy."""

    queue = models.CharField(primary_key=True, max_length=64)
    paused_at = models.DateTimeField(null=True, blank=True)
    max_starts = models.IntegerField(null=True, blank=True, help_text="Rate limit: starts in a window.")
    window_ms = models.IntegerField(null=True, blank=True, help_text="Rate limit: the window in milliseconds.")
    max_active = models.IntegerField(null=True, blank=True, help_text="Jobs of this queue at a time, everywhere.")
    concurrency = models.IntegerField(null=True, blank=True, help_text="Jobs of this queue at a time in one process.")
    held_until = models.DateTimeField(null=True, blank=True, help_text="Until then no job of this queue starts.")
    keep_completed_days = models.FloatField(null=True, blank=True, help_text="How long completed jobs are kept.")
    keep_failed_days = models.FloatField(null=True, blank=True, help_text="How long failed and cancelled ones are.")
    keep_completed = models.IntegerField(null=True, blank=True, help_text="How many completed jobs are kept.")
    keep_failed = models.IntegerField(null=True, blank=True, help_text="How many failed, and how many cancelled ones.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "queue"

    def __str__(self) -> str:
        return self.queue


class GroupLimit(models.Model):
    """What a group of jobs may have of a queue; without a group's name it is what every other group may have."""

    queue = models.CharField(max_length=64)
    group = models.CharField(max_length=100, blank=True, help_text="A tenant, for example; empty: every other group.")
    max_active = models.IntegerField(null=True, blank=True, help_text="Jobs of the group at a time, everywhere.")
    max_starts = models.IntegerField(null=True, blank=True, help_text="Rate limit: starts in a window.")
    window_ms = models.IntegerField(null=True, blank=True, help_text="Rate limit: the window in milliseconds.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["queue", "group"], name="jobs_grouplimit_once")
        ]

    def __str__(self) -> str:
        return f"{self.queue}: {self.group or 'every other group'}"


class QueueCount(models.Model):
    """How many kept jobs of a queue ended in a state: the sum over shards, each written by one process only."""

    queue = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    shard = models.CharField(max_length=36, help_text="The process that adds here, empty for operators' verbs.")
    count = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["queue", "state", "shard"], name="jobs_queuecount_once")
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.state}: {self.count}"


class Leadership(models.Model):
    """Who is caretaker; the holder renews, anyone may take it over once it has run out."""

    name = models.CharField(primary_key=True, max_length=32)
    holder = models.UUIDField()
    lease_until = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
