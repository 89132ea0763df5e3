"""Price adjustment mechanisms in the admin: every save goes through the validator and the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from calculations.admin.graph_field import GraphField
from calculations.admin.graph_picture import graph_picture
from calculations.admin.trial_form import TrialForm
from calculations.admin.trials import TrialPages
from calculations.graph.json_text import storable
from calculations.models import PAM
from calculations.services.delete_pam import delete_pam
from calculations.services.judge_graph import judge_graph
from calculations.services.save_pam import save_pam


class PamForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A mechanism whose graph is judged before it is saved."""

    graph = GraphField()

    class Meta:
        model = PAM
        fields = ("tenant", "name", "description", "status", "on_new_values", "graph")

    def clean(self) -> dict[str, Any]:
        """Show everything that the validator finds beside the graph."""
        values = super().clean() or {}
        tenant = values.get("tenant") or (self.instance.tenant if self.instance.tenant_id else None)
        if tenant is not None and "graph" in values:
            graph = values["graph"]
            self.instance.graph = values["graph"] = storable(graph)  # so that a refused graph is the one that is drawn
            for problem in judge_graph(tenant_id=tenant.pk, graph=graph).errors:
                self.add_error("graph", f"{problem.code}: {problem.message}")
        return values


@admin.register(PAM)
class PamAdmin(TrialPages, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """The graphs that price items."""

    form = PamForm
    list_display = ("name", "status", "version", "tenant", "updated_at")
    list_filter = ("status",)
    list_select_related = ("tenant",)
    search_fields = ("id", "name")
    ordering = ("name", "pk")
    show_full_result_count = False
    change_form_after_template = "calculations/try_form.html"

    class Media:
        css = {"all": ("ingestion/pictures.css",)}

    def get_fields(self, request: HttpRequest, obj: PAM | None = None) -> tuple[str, ...]:
        """Put the picture above the graph that it shows."""
        facts = () if obj is None else ("version", "created_by")
        return ("tenant", "name", "description", "status", "on_new_values", *facts, "picture", "graph")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PAM]:
        """Leave the graphs of a list in the database."""
        pams: QuerySet[PAM] = super().get_queryset(request)
        match = request.resolver_match
        return pams.defer("graph") if match and match.url_name == "calculations_pam_changelist" else pams

    def get_readonly_fields(self, request: HttpRequest, obj: PAM | None = None) -> tuple[str, ...]:
        """Fix the tenant once the mechanism exists."""
        return ("picture",) if obj is None else ("tenant", "version", "created_by", "picture")

    @admin.display(description="picture")
    def picture(self, pam: PAM) -> SafeString:
        """Draw the graph as it was sent or is stored, and again while it is written; one query."""
        drawn = SafeString("")
        if pam.graph and pam.tenant_id:
            verdict = judge_graph(tenant_id=pam.tenant_id, graph=pam.graph)
            drawn = graph_picture(pam.graph, verdict=verdict, title=f"Graph of {pam.name}")
        pam_id = None if pam._state.adding else pam.pk  # noqa: SLF001  # documented API of Django
        return render_to_string("calculations/live_picture.html", {"picture": drawn, "pam_id": pam_id})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Offer a trial below the graph."""
        pam = kwargs.get("obj")
        context["trial_form"] = TrialForm(pam_id=pam and pam.pk)
        return super().render_change_form(request, context, **kwargs)  # type: ignore[no-any-return]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Take away the bulk deletion, which knows nothing of the service."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(self, request: HttpRequest, obj: PAM, form: PamForm, change: bool) -> None:  # noqa: FBT001
        """Save through the service and pass on what the validator warns of."""
        saved = save_pam(
            tenant_id=obj.tenant_id,
            pam_id=obj.pk if change else None,
            name=obj.name,
            description=obj.description,
            status=obj.status,
            on_new_values=obj.on_new_values,
            graph=form.cleaned_data["graph"],
            user_id=str(request.user.pk),
        )
        obj.pk = saved.pam.pk
        for problem in saved.warnings:
            messages.warning(request, f"{problem.code}: {problem.message}")

    def delete_model(self, request: HttpRequest, obj: PAM) -> None:
        """Delete through the service; the page has refused mechanisms with batches before."""
        delete_pam(tenant_id=obj.tenant_id, pam_id=obj.pk, user_id=str(request.user.pk))
