"""The row of a job: one unit of work, for its whole life."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from jobs.ids import new_uuid
from jobs.states import State


class Job(models.Model):
    """One unit of work. Its state moves only by conditional updates (jobs.services); see docs/lifecycle.md."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    queue = models.CharField(max_length=64)
    job_id = models.CharField(max_length=200, help_text="The caller's idempotency key, unique in its queue.")
    actor = models.CharField(max_length=128)
    tenant = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=[(s, s.capitalize()) for s in State])
    priority = models.SmallIntegerField(default=0)
    payload = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    generation = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=3)
    losses = models.SmallIntegerField(default=0)
    suspect = models.BooleanField(
        default=False, db_default=False, help_text="It may have killed its process: it runs alone in the next one."
    )
    worker = models.UUIDField(null=True, blank=True)
    flow = models.ForeignKey(
        "jobs.Flow",
        on_delete=models.DO_NOTHING,
        related_name="jobs",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )
    run_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Not started by then, it is cancelled.")
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    cancel_reason = models.CharField(max_length=400, blank=True, default="", db_default="")
    progress = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    error_type = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    fingerprint = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text="Of a dead letter: equal for equal failures."
    )

    class Meta:
        # No index on state, worker, generation or started_at: it would make every update cold (protocol.md, Costs).
        permissions: ClassVar[Any] = [
            ("view_payload", "Can see payloads and results"),
            ("retry_job", "Can bring jobs back"),
            ("cancel_job", "Can cancel jobs"),
            ("edit_job", "Can change payload, priority and delay"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(  # in PostgreSQL it also finds ids by their beginning, whatever the locale
                fields=["queue", "job_id"], name="jobs_job_once", opclasses=["varchar_ops", "varchar_pattern_ops"]
            ),
            models.CheckConstraint(condition=models.Q(state__in=[str(s) for s in State]), name="jobs_job_state_known"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["asked_at", "id"], condition=models.Q(finished_at=None), name="jobs_job_unfinished"),
            models.Index(
                fields=["finished_at"], condition=models.Q(finished_at__isnull=False), name="jobs_job_finished"
            ),
            models.Index(
                fields=["fingerprint", "finished_at"],
                condition=~models.Q(fingerprint=""),
                name="jobs_job_dead_letters",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, finished_at=None),
                name="jobs_job_expiring",
            ),
            models.Index(fields=["flow", "id"], condition=models.Q(flow__isnull=False), name="jobs_job_in_flow"),
        ]

    def __str__(self) -> str:
        return self.job_id
