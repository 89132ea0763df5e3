"""Flows in the admin: the graph, how its jobs stand, what holds it up, and what may be done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobs.admin.flow_picture import draw_flow
from jobs.admin.pretty import state_label
from jobs.admin.readonly import ReadOnlyAdmin
from jobs.models import Flow, Job
from jobs.operator import Operator
from jobs.services.flow_graph import read_graph
from jobs.services.flows import BROKEN, cancel_flow, retry_flow
from jobs.services.held_up import held_up_by, stuck
from jobs.states import PENDING, State

EXPLAINED = 5
"""Stuck jobs whose reasons are told on the page."""


@admin.register(Flow)
class FlowAdmin(ReadOnlyAdmin):
    """Flows, the latest first; the counts of a page of the list are one query."""

    list_display = ("title", "standing", "tenant", "created_at")
    search_fields = ("name", "key")
    ordering = ("-pk",)
    actions = ("retry_flows", "cancel_flows")
    change_form_outer_before_template = "jobs/flow_buttons.html"
    readonly_fields = ("standing", "picture", "held_up")
    fieldsets = (
        (None, {"fields": (("name", "key"), ("tenant", "created_at"), "standing", "held_up")}),
        ("Graph", {"fields": ("picture",)}),
    )

    class Media:
        css = {"all": ["jobs/admin.css"]}

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may act on jobs."""
        return request.user.has_perm("jobs.change_job")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the counts of its page read at once."""
        answer = super().changelist_view(request, extra_context)
        shown = getattr(answer, "context_data", {}).get("cl")
        if shown is not None:
            counts = _counts([flow.pk for flow in shown.result_list])
            for flow in shown.result_list:
                flow.counts = counts.get(flow.pk, {})
        return answer  # type: ignore[no-any-return]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a flow with what may be done to it."""
        flow = self.get_object(request, object_id)
        if flow is not None and self.has_operate_permission(request):
            counts = _counts([flow.pk]).get(flow.pk, {})
            extra_context = {
                **(extra_context or {}),
                "can_retry": any(counts.get(state) for state in BROKEN),
                "can_cancel": any(counts.get(state) for state in (*PENDING, State.ACTIVE)),
            }
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    @admin.display(description="flow")
    def title(self, flow: Flow) -> str:
        """Return its name, else its key."""
        return str(flow)

    @admin.display(description="jobs")
    def standing(self, flow: Flow) -> SafeString | str:
        """Return how many jobs are in each state."""
        counts = getattr(flow, "counts", None)
        counts = _counts([flow.pk]).get(flow.pk, {}) if counts is None else counts
        parts = [(state_label(state), counts[state]) for state in State if state in counts]
        return format_html_join(" ", "{} {}", parts) or "-"

    @admin.display(description="graph")
    def picture(self, flow: Flow) -> SafeString:
        """Return the graph as a picture."""
        graph = read_graph(flow.pk)
        more = "" if graph.whole else "This flow has more jobs than can be drawn."
        return format_html('<div class="jobs-flow">{}</div>{}', draw_flow(graph), more)

    @admin.display(description="held up by")
    def held_up(self, flow: Flow) -> SafeString | str:
        """Return why blocked jobs that nothing but a person frees do not start."""
        lines = [
            (reverse("admin:jobs_job_change", args=[reason.id]), reason.name, reason.words)
            for job in stuck(flows=[flow.pk], limit=EXPLAINED)
            for reason in held_up_by(job.pk)
            if reason.stuck
        ]
        return format_html_join("", '<p><a href="{}">{}</a> {}</p>', dict.fromkeys(lines)) or "-"

    @admin.action(description="Retry what failed or was cancelled", permissions=["operate"])
    def retry_flows(self, request: HttpRequest, queryset: QuerySet[Flow]) -> HttpResponse | None:
        """Bring the broken jobs back; they wait for one another as before."""
        moved = sum(retry_flow(flow.pk, by=Operator.of_request(request)) for flow in queryset)
        messages.success(request, f"{moved} jobs brought back.")
        return _back(request)

    @admin.action(description="Cancel", permissions=["operate"])
    def cancel_flows(self, request: HttpRequest, queryset: QuerySet[Flow]) -> HttpResponse | None:
        """Cancel all that has not finished."""
        moved = sum(cancel_flow(flow.pk, by=Operator.of_request(request)) for flow in queryset)
        messages.success(request, f"{moved} jobs cancelled.")
        return _back(request)


def _back(request: HttpRequest) -> HttpResponse | None:
    """Lead back to the flow's page if its buttons were used, else (None) to the list."""
    if "from_flow" not in request.POST:
        return None
    return HttpResponseRedirect(reverse("admin:jobs_flow_change", args=[request.POST["_selected_action"]]))


def _counts(flows: list[UUID]) -> dict[UUID, dict[str, int]]:
    rows = Job.objects.filter(flow__in=flows).values_list("flow", "state").annotate(count=Count("pk"))
    counts: dict[UUID, dict[str, int]] = {}
    for flow, state, count in rows:
        counts.setdefault(flow, {})[state] = count
    return counts
