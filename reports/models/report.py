"""Reports and their files."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from jobs import new_id
from reports.errors import ReportNotReady
from reports.kinds import ReportFormat, ReportType


class ReportStatus(models.TextChoices):
    """How far a report is; only a completed one never changes again."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class ReportManager(models.Manager["Report"]):
    """Leaves the files in the database until one is asked for."""

    def get_queryset(self) -> models.QuerySet[Report]:
        """Return rows without their content, which is read on first use."""
        return super().get_queryset().defer("content")


class Report(models.Model):
    """One file about a batch, as the batch was when it was made.

    `data_version` names the state of the batch that the report shows (or, before it is made, was asked for in).
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="reports", db_index=False)
    batch = models.ForeignKey("calculations.CalcBatch", on_delete=models.CASCADE, related_name="reports")
    report_type = models.CharField(max_length=10, choices=ReportType)
    format = models.CharField(max_length=3, choices=ReportFormat)
    detailed = models.BooleanField(default=False)
    item_id = models.CharField(max_length=64, null=True, blank=True)
    status = models.CharField(max_length=9, choices=ReportStatus, default=ReportStatus.QUEUED)
    job_id = models.CharField(max_length=200)
    data_version = models.CharField(max_length=64)
    content = models.BinaryField(null=True, editable=False)
    content_type = models.CharField(max_length=40, blank=True)
    filename = models.CharField(max_length=100, blank=True)
    size_bytes = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, verbose_name="SHA-256")
    generated_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.CharField(max_length=150)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ReportManager] = ReportManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job_id"], name="report_job_once"),
            models.CheckConstraint(condition=models.Q(status__in=ReportStatus.values), name="report_status"),
            models.CheckConstraint(
                condition=models.Q(content__isnull=False) | ~models.Q(status=ReportStatus.COMPLETED),
                name="report_completed_has_content",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="report_latest")]

    def __str__(self) -> str:
        return self.filename or f"{self.report_type} of {self.batch_id}"

    @property
    def made_at(self) -> datetime:
        """The time that the file shows; raises `ReportNotReady` before the making has begun."""
        if self.generated_at is None:
            raise ReportNotReady(self.pk, self.status)
        return self.generated_at
