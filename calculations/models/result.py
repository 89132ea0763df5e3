"""The prices that batches calculate."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ingestion.fields import ExactDecimalField
from jobs import new_id


class CalcResult(models.Model):
    """The price of one item in one batch, how it came about, and whether people approved or overrode it.

    `adjusted_price` is the price that counts: the override if there is one, and then `original_calculated_price` is
    what the engine gave. Results of a page share their `created_at`.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="calc_results")
    batch = models.ForeignKey(
        "calculations.CalcBatch", on_delete=models.CASCADE, related_name="results", db_index=False
    )
    item = models.ForeignKey("calculations.Item", on_delete=models.RESTRICT, related_name="results")
    adjusted_price = ExactDecimalField()
    adjusted_currency = models.CharField(max_length=3)
    unit = models.CharField(max_length=200, blank=True)
    contributions = models.JSONField()
    effective_date = models.DateField()
    is_approved = models.BooleanField(default=False)
    approved_by = models.CharField(max_length=150, null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    is_overridden = models.BooleanField(default=False)
    original_calculated_price = ExactDecimalField(null=True, blank=True)
    override_reason = models.TextField(null=True, blank=True)
    overridden_by = models.CharField(max_length=150, null=True, blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "result"
        constraints = [
            models.UniqueConstraint(fields=["batch", "item", "effective_date"], name="calc_result_key"),
        ]
        indexes = [models.Index(fields=["batch", "created_at", "item"], name="calc_result_order")]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.batch_id}"
