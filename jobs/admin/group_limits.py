"""What groups of jobs may have of a queue, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from jobs.models import GroupLimit
from jobs.operator import Operator
from jobs.services.queues import queue_names
from jobs.services.shares import set_share

LIMITS = ("max_active", "max_starts", "window_ms")


class GroupLimitForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A limit that lets something through."""

    queue = forms.ChoiceField(choices=lambda: [(name, name) for name in queue_names()])

    class Meta:
        model = GroupLimit
        fields = ("queue", "group", *LIMITS)

    def clean(self) -> dict[str, Any]:
        """Refuse half a rate limit, nothing at all, and what lets nothing through."""
        values = self.cleaned_data
        if bool(values.get("max_starts")) != bool(values.get("window_ms")):
            raise forms.ValidationError("A rate limit needs both: the starts and their window.")
        if not any(values.get(name) for name in LIMITS):
            raise forms.ValidationError("At least one limit, of 1 or more; to lift all, delete the row.")
        for name in LIMITS:
            if values.get(name) is not None and values[name] < 1:
                self.add_error(name, "At least 1, or empty.")
        return values


@admin.register(GroupLimit)
class GroupLimitAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Limits of groups; which queue and group is fixed once a row exists."""

    form = GroupLimitForm
    list_display = ("queue", "group", *LIMITS, "updated_at")
    list_filter = ("queue",)
    search_fields = ("group",)

    def get_readonly_fields(self, request: HttpRequest, obj: GroupLimit | None = None) -> tuple[str, ...]:
        """Fix what the row is about."""
        return ("queue", "group") if obj else ()

    def save_model(self, request: HttpRequest, obj: GroupLimit, form: GroupLimitForm, change: bool) -> None:  # noqa: FBT001  # Django passes it so
        """Set the limits with their audit."""
        set_share(
            obj.queue,
            group=obj.group,
            max_active=obj.max_active,
            max_starts=obj.max_starts,
            window=obj.window_ms,
            by=Operator.of_request(request),
        )
        obj.pk = GroupLimit.objects.get(queue=obj.queue, group=obj.group).pk

    def delete_model(self, request: HttpRequest, obj: GroupLimit) -> None:
        """Lift the limits with their audit."""
        set_share(obj.queue, group=obj.group, by=Operator.of_request(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[GroupLimit]) -> None:
        """Lift several."""
        for limit in queryset:
            self.delete_model(request, limit)
