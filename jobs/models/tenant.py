"""Who owns domain data, and who may see it."""

from django.conf import settings
from django.db import models

from jobs.ids import new_id


class Tenant(models.Model):
    """A customer whose data no other tenant can see."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do (domain specification, section 3)."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"


class Membership(models.Model):
    """A user's role in one tenant."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="jobs_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.tenant}: {self.role}"
