"""Draws the graph that a person is writing, and tries it, without saving."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from calculations.admin.graph_field import GraphField
from calculations.admin.graph_picture import graph_picture
from calculations.admin.trial_form import TrialForm
from calculations.errors import CalculationRefused
from calculations.graph.json_text import storable
from calculations.models import PAM
from calculations.picture.waterfall import draw_waterfall
from calculations.picture.worth import worth
from calculations.services.judge_graph import judge_graph
from calculations.services.try_graph import Trial, find_item_to_try, try_graph
from ingestion.numbers import dec


class TrialPages:
    """The parts of a PAM's page that answer while one writes; `?pam=` names a stored one."""

    def get_urls(self) -> list[URLPattern]:
        """Add the two answers."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path("draw/", site.admin_view(self.draw), name="calculations_pam_draw"),
            path("try/", site.admin_view(self.try_out), name="calculations_pam_try"),
            *urls,
        ]

    def draw(self, request: HttpRequest) -> HttpResponse:
        """Answer with the picture of the graph as it stands in the form."""
        tenant_id, _ = self._whose(request)
        graph = _graph(request)
        if graph is None or not tenant_id:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)  # half-written: the picture stays
        return HttpResponse(graph_picture(graph, verdict=judge_graph(tenant_id=tenant_id, graph=graph)))

    def try_out(self, request: HttpRequest) -> HttpResponse:
        """Answer with the price of an item and how it comes about, or with what stands against it."""
        tenant_id, pam = self._whose(request)
        form = TrialForm(request.POST)
        graph = _graph(request)
        if graph is None or not tenant_id or not form.is_valid():
            return _answer(refusal="Give a graph that is JSON, a tenant and a date.")
        said = form.cleaned_data
        try:
            item = find_item_to_try(tenant_id=tenant_id, pam_id=pam.pk if pam else None, text=said["try_item"].strip())
        except CalculationRefused as error:
            return _answer(refusal=error.message)
        trial = try_graph(
            tenant_id=tenant_id,
            graph=graph,
            item=item,
            as_of_date=said["try_date"],
            version_preference=said["try_version"],
        )
        return _answer(
            trial=trial,
            base_price=dec(item.base_price),
            price=trial.outcome and dec(trial.outcome.value),
            picture=_picture(graph, trial),
            waterfall=_waterfall(graph, trial),
        )

    def _whose(self, request: HttpRequest) -> tuple[str, PAM | None]:
        """Return the tenant of the graph and its PAM, if it has been saved; raise PermissionDenied."""
        pages: Any = self
        key = request.GET.get("pam")
        pam = pages.get_object(request, key) if key else None
        allowed = pages.has_change_permission(request, pam) if pam else pages.has_add_permission(request)
        if request.method != "POST" or not allowed:
            raise PermissionDenied
        return (pam.tenant_id if pam else request.POST.get("tenant", "")), pam


def _graph(request: HttpRequest) -> Any:
    """Return the graph in the form, or None for what is no JSON object."""
    try:
        graph = storable(GraphField().clean(request.POST.get("graph", "")))
    except ValidationError:
        return None
    return graph if isinstance(graph, dict) else None


def _answer(**context: Any) -> HttpResponse:
    return HttpResponse(render_to_string("calculations/trial.html", context))


def _picture(graph: dict[str, Any], trial: Trial) -> SafeString:
    values = worth(trial.outcome.steps) if trial.outcome else None
    return graph_picture(graph, verdict=trial.verdict, values=values, failure=trial.failure)


def _waterfall(graph: dict[str, Any], trial: Trial) -> SafeString | None:
    if trial.outcome is None:
        return None
    return draw_waterfall(
        trial.segments,
        names={node["id"]: node["label"] for node in graph["nodes"] if node.get("label")},
        base_price=trial.item.base_price,
        title=f"How the price of {trial.item} comes about",
    )
