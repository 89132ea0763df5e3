"""What to be warned of, by which channels, and what has been."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models


class Severity(models.TextChoices):
    """How bad it is."""

    WARNING = "warning", "warning"
    CRITICAL = "critical", "critical"


class AlertRule(models.Model):
    """A condition whose value must stay at or below a threshold; jobs.services.alert_values says what is measured."""

    class Condition(models.TextChoices):
        """What is measured."""

        WAITING = "waiting", "jobs that wait"
        FAILURE_RATE = "failure_rate", "share of failed jobs among those that ended in the window"
        NOTHING_FINISHED = "nothing_finished", "seconds that jobs wait while none has ended in the window"
        REDIS_MEMORY = "redis_memory", "share of Redis' memory limit in use"
        OLDEST_AGE = "oldest_age", "seconds since the oldest waiting job was due"
        OUTCOMES_WAITING = "outcomes_waiting", "outcomes of all processes that wait for the database"

    name = models.SlugField(unique=True)
    condition = models.CharField(max_length=20, choices=Condition)
    queue = models.CharField(max_length=64, blank=True, help_text="Empty: every queue for itself.")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.WARNING)
    threshold = models.FloatField(help_text="An alert opens when the value is above.")
    clear_at = models.FloatField(help_text="It closes once the value is no more than this: at most the threshold.")
    hold = models.DurationField(default=timedelta, help_text="For how long it must be above before the alert opens.")
    window = models.DurationField(default=timedelta(minutes=5), help_text="Of conditions that look at ended jobs.")
    least_jobs = models.IntegerField(default=0, help_text="Fewer jobs in the window have no failure rate.")
    is_enabled = models.BooleanField(default=True)
    muted_until = models.DateTimeField(null=True, blank=True, help_text="Until then alerts are kept, but not sent.")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """One time that a rule was broken, by one queue (or by none in particular). It is open until `closed_at`.

    Without `opened_at` it is only suspected: the value has been above the threshold since `since`.
    """

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="alerts")
    queue = models.CharField(max_length=64, blank=True)
    severity = models.CharField(max_length=10, choices=Severity)
    since = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    value = models.FloatField()
    worst = models.FloatField()
    words = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["-since"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["rule", "queue"], condition=models.Q(closed_at=None), name="jobs_alert_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.words


class AlertChannel(models.Model):
    """Where alerts are sent; jobs.services.alert_channels knows the kinds."""

    kind = models.CharField(max_length=20)
    target = models.CharField(max_length=400, blank=True)
    only_critical = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["kind", "target"], name="jobs_alertchannel_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}".strip()
