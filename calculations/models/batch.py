"""One calculation of many items: what was asked, how far it is, what came of it."""

from __future__ import annotations

from typing import Any

from django.db import models

from ingestion.versions import VersionTag
from jobs import new_id


class BatchStatus(models.TextChoices):
    """How far a batch is; a cancelled one is FAILED, one whose items failed is COMPLETED."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class CalcBatch(models.Model):
    """The calculation of a PAM's items as of a day.

    The row holds the counters and is updated with every page, so what is large and never changes, the frozen
    inputs, has a row of its own.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="calc_batches", db_index=False)
    pam = models.ForeignKey("calculations.PAM", on_delete=models.RESTRICT, related_name="batches", verbose_name="PAM")
    contract = models.ForeignKey(
        "calculations.Contract", on_delete=models.RESTRICT, related_name="batches", null=True, blank=True
    )
    as_of_date = models.DateField()
    version_preference = models.CharField(max_length=11, choices=VersionTag, default=VersionTag.FINAL)
    inputs_hash = models.CharField(max_length=64)
    graph_hash = models.CharField(max_length=64)
    pam_version = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=BatchStatus, default=BatchStatus.QUEUED)
    run = models.PositiveIntegerField(default=1)
    items_total = models.PositiveIntegerField()
    items_succeeded = models.PositiveIntegerField(default=0)
    items_failed = models.PositiveIntegerField(default=0)
    item_errors = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    error = models.TextField(null=True, blank=True)
    correlation_id = models.CharField(max_length=64)
    metadata = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "batch"
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "pam", "inputs_hash"],
                condition=~models.Q(status=BatchStatus.FAILED),
                name="calc_batch_once",
            ),
            models.CheckConstraint(condition=models.Q(status__in=BatchStatus.values), name="calc_batch_status"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at"], name="calc_batch_latest"),
            models.Index(fields=["correlation_id"], name="calc_batch_correlation"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def items_processed(self) -> int:
        """Return how many items have a result or have failed."""
        return self.items_succeeded + self.items_failed

    @property
    def frozen_inputs(self) -> dict[str, Any]:
        """Return the stored inputs; one query, and megabytes for a large batch."""
        stored: dict[str, Any] = self.inputs.frozen
        return stored
