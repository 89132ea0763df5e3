"""What people and jobs did to the domain's entities."""

from django.db import models
from django.utils import timezone

from jobs.ids import new_id


class AuditLog(models.Model):
    """One action on one entity; written once, kept for good: a trigger refuses updates.

    It outlives its tenant, hence no foreign key in the database.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey(
        "jobs.Tenant", on_delete=models.DO_NOTHING, related_name="audit_logs", null=True, db_constraint=False
    )
    user_id = models.CharField(max_length=150, default="system")
    action = models.CharField(max_length=32)
    entity_type = models.CharField(max_length=32)
    entity_id = models.CharField(max_length=200)
    correlation_id = models.CharField(max_length=64, null=True, blank=True)
    changes = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "created_at"], name="jobs_audit_tenant"),
            models.Index(fields=["entity_type", "entity_id"], name="jobs_audit_entity"),
            models.Index(fields=["correlation_id"], name="jobs_audit_correlation"),
            models.Index(fields=["action"], name="jobs_audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.entity_type} {self.entity_id}"
