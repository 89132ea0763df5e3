"""What a token of the HTTP API is for."""

from __future__ import annotations

from django.db import models
from knox.models import AuthToken

from jobs.ids import new_uuid


class ApiToken(models.Model):
    """The name and the limits of a bearer token, whose hash and expiry its `token` keeps. It only narrows its owner."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    token = models.OneToOneField(AuthToken, on_delete=models.CASCADE, related_name="limits")
    name = models.CharField(max_length=100, help_text="What it is for, as people know it.")
    scopes = models.JSONField(default=list)
    queues = models.JSONField(default=list, blank=True, help_text="The only queues whose jobs it reaches; none: all.")
    tenant = models.ForeignKey(
        "jobs.Tenant",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        help_text="The only tenant it reaches; none: all of its owner's.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the minute.")

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name
