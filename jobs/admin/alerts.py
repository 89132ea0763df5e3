"""Alerts in the admin: what is wrong, and the rules that say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from jobs.admin.readonly import ReadOnlyAdmin
from jobs.models import Alert, AlertChannel, AlertRule
from jobs.services.alert_channels import CHANNELS


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """Alerts, the latest first."""

    list_display = ("words", "standing", "severity", "queue", "rule", "opened_at", "closed_at", "worst")
    list_filter = ("severity", "queue", "rule")
    list_select_related = ("rule",)
    ordering = ("-since", "-pk")
    fields = ("words", "rule", "queue", "severity", "since", "opened_at", "closed_at", "value", "worst")

    @display(description="standing", label={"open": "danger", "suspected": "warning", "closed": "success"})  # type: ignore[untyped-decorator]  # unfold is untyped
    def standing(self, alert: Alert) -> str:
        """Return whether it is open."""
        if alert.closed_at:
            return "closed"
        return "open" if alert.opened_at else "suspected"


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A rule that can close what it opens."""

    class Meta:
        model = AlertRule
        fields = "__all__"  # noqa: DJ007  # an operator may set all of a rule

    def clean(self) -> dict[str, Any]:
        """Refuse a rule whose alerts would close above the threshold."""
        values = self.cleaned_data
        if values.get("clear_at", 0) > values.get("threshold", 0):
            self.add_error("clear_at", "At most the threshold.")
        return values


@admin.register(AlertRule)
class AlertRuleAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Rules; the default ones come back with the next migrate if they are deleted, so disable them."""

    form = RuleForm
    list_display = ("name", "condition", "queue", "severity", "threshold", "hold", "is_enabled", "muted_until")
    ordering = ("name",)
    actions = ("mute_for_an_hour", "unmute")

    @admin.action(description="Mute for an hour", permissions=["change"])
    def mute_for_an_hour(self, request: HttpRequest, queryset: QuerySet[AlertRule]) -> None:
        """Keep alerts, and send none."""
        muted = queryset.update(muted_until=timezone.now() + timedelta(hours=1))
        messages.success(request, f"{muted} rules are muted for an hour.")

    @admin.action(description="Unmute", permissions=["change"])
    def unmute(self, request: HttpRequest, queryset: QuerySet[AlertRule]) -> None:
        """Send alerts again."""
        messages.success(request, f"{queryset.update(muted_until=None)} rules send their alerts.")


@admin.register(AlertChannel)
class AlertChannelAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Where alerts are sent."""

    list_display = ("kind", "target", "only_critical", "is_enabled")
    ordering = ("kind", "target")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the kinds that there are."""
        if db_field.name == "kind":
            return forms.ChoiceField(choices=[(kind, kind) for kind in CHANNELS])
        return super().formfield_for_dbfield(db_field, request, **kwargs)
