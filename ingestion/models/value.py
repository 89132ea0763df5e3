"""The values of a series."""

from django.db import models
from django.utils import timezone

from ingestion.fields import ExactDecimalField
from ingestion.versions import VersionTag
from jobs import new_id


class IndexValue(models.Model):
    """A series' value on one day in one version.

    The unique key serves lookups by (series, day) too, so neither they nor the series' foreign key has an index of
    its own: each one more would slow every load. The tenant is the series' tenant; the series' foreign key proves
    it exists, so the database need not check it once more for every row (a quarter of a load's time).
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "jobs.Tenant", on_delete=models.CASCADE, related_name="index_values", db_index=False, db_constraint=False
    )
    series = models.ForeignKey("ingestion.IndexSeries", on_delete=models.CASCADE, related_name="values", db_index=False)
    as_of_date = models.DateField()
    version_tag = models.CharField(max_length=11, choices=VersionTag, default=VersionTag.PRELIMINARY)
    value = ExactDecimalField()
    provider_timestamp = models.DateTimeField(null=True, blank=True)
    ingested_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "as_of_date", "version_tag"], name="ingestion_value_key"),
            models.CheckConstraint(condition=models.Q(version_tag__in=VersionTag.values), name="ingestion_value_tag"),
        ]
        indexes = [models.Index(fields=["tenant"], name="ingestion_value_tenant")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.as_of_date} {self.version_tag}"
