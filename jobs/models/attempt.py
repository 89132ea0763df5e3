"""The runs of a job that did not complete it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now


class Attempt(models.Model):
    """One run that ended otherwise than in completion: what happened, where, when."""

    class Outcome(models.TextChoices):
        """How the run ended."""

        RETRY = "retry", "will run again"
        FAILED = "failed", "dead letter"
        SNOOZED = "snoozed", "put off"
        RELEASED = "released", "handed back"
        LOST = "lost", "worker lost"
        CANCELLED = "cancelled", "cancelled"

    job = models.ForeignKey(
        "jobs.Job", on_delete=models.CASCADE, related_name="attempt_log", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    generation = models.IntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    worker = models.UUIDField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(db_default=Now())
    error_type = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["generation"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["job", "generation"], name="jobs_attempt_once")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.outcome}"
