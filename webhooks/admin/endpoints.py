"""Endpoints in the admin: create, change, switch, try out, delete. Secrets are never on a page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from webhooks.addresses import check_url
from webhooks.admin.calls_picture import draw_calls
from webhooks.errors import UrlRefused, WebhookError
from webhooks.events import EventType
from webhooks.models import WebhookDelivery, WebhookEndpoint
from webhooks.services.endpoints import create_endpoint, delete_endpoint, update_endpoint
from webhooks.services.health import endpoint_health
from webhooks.services.redeliver import redeliver_failed
from webhooks.services.secrets import rotate_secret
from webhooks.services.trial import send_test_event

LOGGED = 10
"""Deliveries on an endpoint's page; the list has all."""

STEPS = {
    "send_test": "Send a test event",
    "resend_failed": "Send again what failed",
    "rotate": "Rotate the secret",
}
"""Actions of the list that are buttons of an endpoint's page too, with their labels."""


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What a person may say about an endpoint."""

    event_types = forms.MultipleChoiceField(
        choices=[(event_type.value, event_type.value) for event_type in EventType],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("tenant", "url", "event_types", "enabled", "description")

    def clean_url(self) -> str:
        """Show a refused URL beside its field."""
        try:
            return check_url(self.cleaned_data["url"])
        except UrlRefused as error:
            raise forms.ValidationError(error.reason) from error


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Where events go; every change goes through the services, which write the audit rows."""

    form = EndpointForm
    list_display = ("url", "tenant", "enabled", "event_types", "disabled_reason", "updated_at")
    list_filter = ("enabled",)
    list_select_related = ("tenant",)
    search_fields = ("id", "url")
    readonly_fields = ("disabled_reason", "previous_secret_expires_at")
    actions = ("enable", "disable", "send_test", "resend_failed", "rotate")
    show_full_result_count = False
    change_form_outer_before_template = "webhooks/endpoint_health.html"

    class Media:
        css = {"all": ("ingestion/pictures.css",)}

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons of the page."""
        view = self.admin_site.admin_view(self.step)
        return [path("<path:endpoint_id>/step/", view, name="webhooks_webhookendpoint_step"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an endpoint with how it does, and what may be done."""
        endpoint = self.get_object(request, unquote(object_id))
        if endpoint is not None and self.has_view_permission(request, endpoint):
            health = endpoint_health(endpoint)
            extra_context = {
                **(extra_context or {}),
                "health": health,
                "log": _log(endpoint),
                "picture": draw_calls(health.calls, title="The latest calls") if health.calls else None,
                "last": health.calls[-1] if health.calls else None,
                "steps": STEPS.items() if self.has_change_permission(request, endpoint) else (),
            }
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    def step(self, request: HttpRequest, endpoint_id: str) -> HttpResponseBase:
        """Do what a button of the page says."""
        endpoint = self.get_object(request, endpoint_id)
        if endpoint is None:
            raise Http404
        step = request.POST.get("step", "")
        if step not in STEPS or not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        getattr(self, step)(request, WebhookEndpoint.objects.filter(pk=endpoint.pk))
        return HttpResponseRedirect(reverse("admin:webhooks_webhookendpoint_change", args=[endpoint.pk]))

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        """Leave out what was deleted."""
        endpoints: QuerySet[WebhookEndpoint] = super().get_queryset(request)
        return endpoints.filter(deleted_at=None)

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[str, ...]:
        """Fix the tenant once the endpoint exists."""
        return self.readonly_fields if obj is None else ("tenant", *self.readonly_fields)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Take away the bulk deletion, which knows nothing of our service."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(
        self,
        request: HttpRequest,
        obj: WebhookEndpoint,
        form: EndpointForm,
        change: bool,  # noqa: FBT001  # Django passes it so
    ) -> None:
        """Create or update through the service."""
        values = form.cleaned_data
        if not change:
            created = create_endpoint(
                tenant_id=obj.tenant_id,
                url=values["url"],
                event_types=values["event_types"],
                description=values["description"],
                user_id=_user(request),
            )
            obj.pk = created.pk
            return
        update_endpoint(
            tenant_id=obj.tenant_id,
            endpoint_id=obj.pk,
            url=values["url"],
            event_types=values["event_types"],
            enabled=values["enabled"],
            description=values["description"],
            user_id=_user(request),
        )

    def get_deleted_objects(
        self, objs: Iterable[WebhookEndpoint], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the endpoint alone: its deliveries stay."""
        named = [str(endpoint) for endpoint in objs]
        return named, {"webhook endpoints": len(named)}, set(), []

    def delete_model(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        """Delete through the service."""
        delete_endpoint(tenant_id=obj.tenant_id, endpoint_id=obj.pk, user_id=_user(request))

    @admin.action(description="Enable", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Switch endpoints on."""
        self._switch(request, queryset, enabled=True)

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Switch endpoints off."""
        self._switch(request, queryset, enabled=False)

    @admin.action(description="Send a test event", permissions=["change"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Send `webhook.test` to endpoints."""
        for endpoint in queryset:
            try:
                message = send_test_event(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk, user_id=_user(request))
            except WebhookError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"{endpoint.url}: test event {message.pk} is on its way")

    @admin.action(description="Send again what failed", permissions=["change"])
    def resend_failed(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Redeliver everything that endpoints have not got."""
        for endpoint in queryset:
            try:
                again = redeliver_failed(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk, user_id=_user(request))
            except WebhookError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"{endpoint.url}: {again} deliveries are sent again")

    @admin.action(description="Rotate the secret", permissions=["change"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Give endpoints new secrets; the old ones sign beside them for a day."""
        for endpoint in queryset:
            try:
                rotated = rotate_secret(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk, user_id=_user(request))
            except WebhookError as error:
                messages.error(request, str(error))
            else:
                until = rotated.previous_secret_expires_at
                messages.success(
                    request, f"{endpoint.url}: a new secret signs; the old one does too until {until:%Y-%m-%d %H:%M}"
                )

    def _switch(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint], *, enabled: bool) -> None:
        for endpoint in queryset:
            update_endpoint(
                tenant_id=endpoint.tenant_id, endpoint_id=endpoint.pk, enabled=enabled, user_id=_user(request)
            )
        messages.success(request, f"{len(queryset)} endpoints {'enabled' if enabled else 'disabled'}")


def _log(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """Return the latest deliveries, with what they announce."""
    deliveries = endpoint.deliveries.select_related("message").defer("message__body")
    return deliveries.order_by("-created_at", "-pk")[:LOGGED]


def _user(request: HttpRequest) -> str:
    return str(request.user.pk)
