"""What a job says while it runs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class JobLog(models.Model):
    """One line that a run of a job has logged."""

    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="log_lines", db_constraint=False)
    attempt = models.IntegerField()
    line = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.line
