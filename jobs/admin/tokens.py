"""API tokens in the admin: made here, shown once, revoked here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.admin import ModelAdmin

from jobs.models import ApiToken
from jobs.operator import Operator
from jobs.permissions import Scope
from jobs.services.queues import queue_names
from jobs.services.tokens import MOST_DAYS, create_token, revoke_token


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What a token is for; it acts for the person who makes it."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, scope.capitalize()) for scope in Scope], widget=forms.CheckboxSelectMultiple
    )
    queues = forms.MultipleChoiceField(
        choices=lambda: [(name, name) for name in queue_names()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="The only queues it reaches; none: all.",
    )
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS, initial=90, help_text="For how long it is valid.")

    class Meta:
        model = ApiToken
        fields = ("name", "scopes", "queues", "tenant")


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Tokens by name; the text of one is on the page that answers its making, and nowhere else."""

    form = TokenForm
    list_display = ("name", "owner", "scopes", "queues", "tenant", "created_at", "expires", "last_used_at")
    list_select_related = ("token__user", "tenant")
    search_fields = ("name", "token__user__username")
    fields = ("name", "scopes", "queues", "tenant", "days")
    ordering = ("-created_at",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """Show people their own tokens, and superusers all."""
        tokens: QuerySet[ApiToken] = super().get_queryset(request)
        return tokens if request.user.is_superuser else tokens.filter(token__user_id=request.user.pk or 0)

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Return False: a token is what it is."""
        return False

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        """Ask for the days when it is made, show the dates later."""
        if obj is None:
            return self.fields
        return ("name", "owner", "scopes", "queues", "tenant", "created_at", "expires", "last_used_at")

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        """Show all, and change nothing."""
        return () if obj is None else self.get_fields(request, obj)

    @admin.display(description="owner", ordering="token__user__username")
    def owner(self, limits: ApiToken) -> str:
        """Return for whom it acts."""
        return str(limits.token.user)

    @admin.display(description="expires", ordering="token__expiry")
    def expires(self, limits: ApiToken) -> Any:
        """Return until when it is valid."""
        return limits.token.expiry

    def save_form(self, request: HttpRequest, form: TokenForm, change: bool) -> ApiToken:  # noqa: FBT001  # Django's
        """Make the token; its text waits for the answer."""
        limits, text = create_token(request.user, by=Operator.of_request(request), **form.cleaned_data)  # type: ignore[arg-type]
        request.token_text = text  # type: ignore[attr-defined]
        return limits

    def save_model(self, request: HttpRequest, obj: ApiToken, form: TokenForm, change: bool) -> None:  # noqa: FBT001
        """Do nothing: the service has stored it."""

    def save_related(self, request: HttpRequest, form: TokenForm, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Do nothing: there are none."""

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """Show the text of the new token, once."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"API token: {obj.name}",
            "text": request.token_text,  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        answer = render(request, "jobs/token_made.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        """Revoke a token."""
        revoke_token(obj, by=Operator.of_request(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Revoke tokens."""
        for limits in queryset:
            revoke_token(limits, by=Operator.of_request(request))
