"""What is enqueued again and again, and what became of each due time."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from jobs.ids import new_uuid
from jobs.timetable import Timetable


class Missed(models.TextChoices):
    """What becomes of due times that nobody was there for."""

    SKIP = "skip", "skip them"
    ONCE = "once", "run once for all of them"
    ALL = "all", "run the latest ones, up to the limit"


class Overlap(models.TextChoices):
    """What becomes of a due time while the job of the one before has not ended."""

    ALLOW = "allow", "run beside it"
    SKIP = "skip", "leave it out"
    WAIT = "wait", "run once the one before has ended"
    CANCEL = "cancel", "cancel the one before, then run"


class Schedule(models.Model):
    """An actor, its payload and a timetable. `next_at` moves only by conditional updates (jobs.services.fire)."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    name = models.CharField(max_length=100)
    tenant = models.CharField(max_length=64, blank=True)
    actor = models.CharField(max_length=128)
    payload = models.JSONField(
        default=dict, blank=True, help_text='"{dueAt}" and "{dueDate}" stand for the due time and its day.'
    )
    cron = models.CharField(
        max_length=100, blank=True, help_text="Minute, hour, day, month, weekday; six fields begin with the second."
    )
    every = models.DurationField(null=True, blank=True, help_text="Instead of cron: hours:minutes:seconds.")
    time_zone = models.CharField(max_length=64, default="UTC")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    priority = models.SmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: as the actor says.")
    missed = models.CharField(max_length=4, choices=Missed, default=Missed.ONCE)
    missed_limit = models.PositiveSmallIntegerField(default=10, help_text="Of missed=all: at most so many.")
    overlap = models.CharField(max_length=6, choices=Overlap, default=Overlap.ALLOW)
    jitter = models.DurationField(null=True, blank=True, help_text="Each run is put off by chance, at most so long.")
    is_declared = models.BooleanField(default=False, editable=False, help_text="The code says what it is.")
    paused_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="The next due time; none if there is none to come.")
    waits_for = models.DateTimeField(null=True, blank=True, help_text="A due time whose job waits for the one before.")
    last_at = models.DateTimeField(null=True, blank=True, help_text="The due time of the latest job.")
    last_job = models.UUIDField(null=True, blank=True)
    problem = models.CharField(max_length=400, blank=True, help_text="Why the latest due time made no job.")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions: ClassVar[Any] = [("switch_schedule", "Can pause, resume and run schedules")]
        ordering: ClassVar[list[str]] = ["tenant", "name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["tenant", "name"], name="jobs_schedule_once"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["next_at"], condition=models.Q(paused_at=None), name="jobs_schedule_due")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def timetable(self) -> Timetable:
        """When it is due; raises InvalidTimetable."""
        return Timetable(
            cron=self.cron,
            every=self.every,
            time_zone=self.time_zone,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class ScheduleRun(models.Model):
    """One due time of a schedule and what became of it; the unique key is why no two caretakers can both act on it."""

    class Outcome(models.TextChoices):
        """What became of it."""

        FIRED = "fired"
        MISSED = "missed"
        OVERLAPPED = "overlapped"
        BROKEN = "broken"
        ASKED = "asked", "asked for"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs", db_index=False)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    count = models.PositiveIntegerField(default=1, help_text="Due times that this row stands for, the latest named.")
    job = models.UUIDField(null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="jobs_schedulerun_once")
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M:%S} {self.outcome}"
