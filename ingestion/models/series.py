"""Named series of index values, exchange rates or other numbers."""

from django.core.validators import MaxValueValidator
from django.db import models

from jobs import new_id

LONGEST_FILL = 400
"""Days that a series may ask a lookup to fill forward, at most."""


class DataType(models.TextChoices):
    """What the numbers of a series are; exchange rates are positive and have no dimension."""

    INDEX = "INDEX"
    FX = "FX"
    CUSTOM = "CUSTOM"


class Frequency(models.TextChoices):
    """How often a series gets a new value; `default_fill_days` is ten days plus one period."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    ANNUAL = "ANNUAL"

    @property
    def default_fill_days(self) -> int:
        """Return how many days back a lookup may fall, unless the series says otherwise."""
        return _FILL_DAYS[self]

    @property
    def counts_days(self) -> bool:
        """Return whether a window's first day counts: with a value a month it would add a month too many."""
        return self in (Frequency.DAILY, Frequency.WEEKLY)


_FILL_DAYS = {
    Frequency.DAILY: 10,
    Frequency.WEEKLY: 17,
    Frequency.MONTHLY: 41,
    Frequency.QUARTERLY: 102,
    Frequency.ANNUAL: 376,
}


class IndexSeries(models.Model):
    """One series of a tenant; other tenants may use the same code for other numbers."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="index_series")
    series_code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    description = models.TextField(null=True, blank=True)
    provider = models.CharField(max_length=100)
    data_type = models.CharField(max_length=10, choices=DataType, default=DataType.INDEX)
    unit = models.CharField(max_length=64, null=True, blank=True)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    fill_forward_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(LONGEST_FILL)]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "index series"
        ordering = ["series_code"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "series_code"], name="ingestion_series_code"),
            models.CheckConstraint(
                condition=models.Q(fill_forward_days__isnull=True) | models.Q(fill_forward_days__lte=LONGEST_FILL),
                name="ingestion_series_fill",
            ),
            models.CheckConstraint(condition=~models.Q(series_code=""), name="ingestion_series_named"),
            models.CheckConstraint(condition=models.Q(data_type__in=DataType.values), name="ingestion_series_type"),
            models.CheckConstraint(condition=models.Q(frequency__in=Frequency.values), name="ingestion_series_every"),
        ]

    def __str__(self) -> str:
        return self.series_code

    @property
    def fill_days(self) -> int:
        """Return how many days back a lookup may fall; the last of them still counts."""
        if self.fill_forward_days is not None:
            return self.fill_forward_days
        return Frequency(self.frequency).default_fill_days
