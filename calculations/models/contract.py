"""Agreements whose items are priced."""

from django.db import models

from jobs import new_id


class ContractStatus(models.TextChoices):
    """Where a contract stands."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    TERMINATED = "TERMINATED"


class Contract(models.Model):
    """One agreement of a tenant; its items go with it."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="contracts", db_index=False)
    name = models.CharField(max_length=200)
    description = models.TextField(null=True, blank=True)
    counterparty = models.CharField(max_length=200, null=True, blank=True)
    status = models.CharField(max_length=10, choices=ContractStatus, default=ContractStatus.DRAFT)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    created_by = models.CharField(max_length=150, default="system", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=ContractStatus.values), name="calc_contract_status"),
            models.CheckConstraint(
                condition=models.Q(end_date__isnull=True) | models.Q(end_date__gte=models.F("start_date")),
                name="calc_contract_dates",
                violation_error_message="A contract cannot end before it starts.",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "status"], name="calc_contract_by_status")]

    def __str__(self) -> str:
        return self.name
