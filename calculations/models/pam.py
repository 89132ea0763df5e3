"""Price adjustment mechanisms: the graphs that price items."""

from django.db import models

from jobs import new_id


class PamStatus(models.TextChoices):
    """How far a mechanism is; batches may run at any status."""

    DRAFT = "DRAFT"
    TEST = "TEST"
    ACTIVE = "ACTIVE"


class OnNewValues(models.TextChoices):
    """What new values of a mechanism's series start."""

    NOTHING = "nothing", "nothing"
    LATEST = "latest", "a batch of the latest day that changed"
    ALL = "all", "that, and again the batches since the first day that changed"


class PAM(models.Model):
    """A named graph; `version` rises when what it computes changes. One that has batches is not deleted."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="pams", db_index=False)
    name = models.CharField(max_length=200)
    description = models.TextField(null=True, blank=True)
    status = models.CharField(max_length=6, choices=PamStatus, default=PamStatus.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    graph = models.JSONField()
    on_new_values = models.CharField(max_length=7, choices=OnNewValues, default=OnNewValues.NOTHING)
    created_by = models.CharField(max_length=150, default="system", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "PAM"
        verbose_name_plural = "PAMs"
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=PamStatus.values), name="calc_pam_status"),
        ]
        indexes = [models.Index(fields=["tenant", "name"], name="calc_pam_name")]

    def __str__(self) -> str:
        return self.name
