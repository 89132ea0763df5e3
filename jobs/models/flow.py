"""Jobs that wait for other jobs: the graph they make, and its edges."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from jobs.ids import new_uuid
from jobs.on_failure import Ended, OnFailure


class Flow(models.Model):
    """Jobs that were enqueued together and wait for one another. How it stands is told by its jobs, never kept here."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    name = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=200, blank=True, help_text="The caller's idempotency key, unique in its tenant.")
    tenant = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["tenant", "key"], condition=~models.Q(key=""), name="jobs_flow_once")
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class Edge(models.Model):
    """One job (the parent) waits for another (the child); `ended` is empty as long as it does.

    A parent's key is greater than its children's: no graph has a circle, and locks are taken in one order.
    """

    parent = models.ForeignKey(
        "jobs.Job", on_delete=models.DO_NOTHING, related_name="waits_for", db_constraint=False, db_index=False
    )
    child = models.ForeignKey(
        "jobs.Job", on_delete=models.DO_NOTHING, related_name="awaited_by", db_constraint=False, db_index=False
    )
    on_failure = models.CharField(max_length=10, choices=[(str(p), str(p)) for p in OnFailure], default=OnFailure.FAIL)
    ended = models.CharField(max_length=10, choices=[(str(e), str(e)) for e in Ended], blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["parent", "child"], name="jobs_edge_once"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["child"], name="jobs_edge_child"),
            models.Index(fields=["parent"], condition=models.Q(ended=""), name="jobs_edge_open"),
            models.Index(fields=["id"], condition=models.Q(ended=""), name="jobs_edge_to_heal"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} waits for {self.child_id}"
