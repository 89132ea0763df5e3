"""Bulk actions of operators: what was asked, how far it is, and what became of each job."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from jobs.ids import new_uuid


class Operation(models.Model):
    """One action on all jobs that matched a filter when it started; it goes on from its cursor after any restart."""

    class Action(models.TextChoices):
        """What is done to each job."""

        RETRY = "retry"
        CANCEL = "cancel"
        DELETE = "delete"
        PROMOTE = "promote"
        PRIORITY = "priority"

    class State(models.TextChoices):
        """Whether steps are still to come."""

        RUNNING = "running"
        STOPPED = "stopped"
        FINISHED = "finished"

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    action = models.CharField(max_length=10, choices=Action)
    filter = models.JSONField()
    arguments = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    user_id = models.CharField(max_length=150)
    tenant = models.CharField(max_length=64, blank=True, help_text="If its jobs are of one tenant only.")
    counts = models.JSONField(help_text="The dry run: how many jobs matched, by state, actor and tenant.")
    per_second = models.IntegerField(null=True, blank=True, help_text="At most so many jobs a second.")
    stop_above = models.FloatField(
        null=True, blank=True, help_text="Retried jobs: the share failing again above which it stops by itself."
    )
    stopped_because = models.CharField(max_length=200, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    total = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0, help_text="The last row that a step has dealt with.")
    created_at = models.DateTimeField(db_default=Now())
    stepped_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["id"], condition=models.Q(state="running"), name="jobs_operation_running")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.total} jobs"


class OperationRow(models.Model):
    """One job of an operation's frozen selection, in the order of the steps."""

    class Outcome(models.TextChoices):
        """What became of it; empty until its step."""

        DONE = "done"
        SKIPPED = "skipped"

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="rows", db_index=False)
    job = models.ForeignKey(
        "jobs.Job", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    why = models.CharField(max_length=100, blank=True, help_text="Why it was skipped.")

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["operation", "id"], name="jobs_operationrow_order")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.outcome or 'to come'}"
