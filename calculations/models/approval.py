"""Decisions of people about a batch's prices."""

from django.db import models

from jobs import new_id

BATCH_ENTITY = "CALC_BATCH"


class ApprovalStatus(models.TextChoices):
    """A request waits, or has been decided; decisions are final."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class ApprovalEvent(models.Model):
    """One request and its decision; the latest of an entity is the entity's state."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="approval_events")
    entity_type = models.CharField(max_length=32, default=BATCH_ENTITY)
    entity_id = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=ApprovalStatus, default=ApprovalStatus.PENDING)
    requested_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    rejected_by = models.CharField(max_length=150, null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    comments = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity_type", "entity_id"],
                condition=models.Q(status=ApprovalStatus.PENDING),
                name="calc_approval_pending_once",
            ),
            models.CheckConstraint(condition=models.Q(status__in=ApprovalStatus.values), name="calc_approval_status"),
        ]
        indexes = [models.Index(fields=["entity_type", "entity_id", "-created_at"], name="calc_approval_latest")]

    def __str__(self) -> str:
        return f"{self.status} {self.entity_type} {self.entity_id}"
