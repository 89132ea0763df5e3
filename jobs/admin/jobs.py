"""Jobs in the admin: find one, see what happened, bring it back or stop it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from jobs.admin.bulk import bulk
from jobs.admin.dead_letters import dead_letter_group, dead_letters
from jobs.admin.filters import (
    ActorFilter,
    CreatedFilter,
    LanguageFilter,
    QueueFilter,
    StateFilter,
    TenantFilter,
    bar,
)
from jobs.admin.job_page import act, job_page
from jobs.admin.overview import chart, live
from jobs.admin.paginator import BoundedPaginator
from jobs.admin.pretty import state_label
from jobs.admin.readonly import ReadOnlyAdmin
from jobs.admin.search import search
from jobs.models import Job
from jobs.operator import Operator
from jobs.services.flows import cancel_part, free, retry_part
from jobs.services.operate import cancel, retry
from jobs.states import PENDING


class JobList(ChangeList):  # type: ignore[misc]  # unfold is untyped
    """The list, without what only a job's page shows."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str] | None = None) -> QuerySet[Job]:
        """Leave the bulky columns in the database."""
        jobs: QuerySet[Job] = super().get_queryset(request, exclude_parameters)
        return jobs.defer("payload", "options", "progress", "result", "error")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs, the latest first; they are moved by the services only."""

    list_display = ("job_id", "queue", "actor", "state_label", "priority", "attempts_made", "created", "tenant")
    list_before_template = "jobs/filters/bar.html"
    list_filter = (LanguageFilter, QueueFilter, StateFilter, ActorFilter, TenantFilter, CreatedFilter)
    list_filter_submit = True
    show_facets = admin.ShowFacets.NEVER  # they would count the table once for each choice
    search_fields = ("job_id",)
    search_help_text = "Job id, its beginning, or UUID"
    ordering = ("-pk",)
    sortable_by = ("created",)
    list_fullwidth = True
    paginator = BoundedPaginator
    actions = ("retry_jobs", "cancel_jobs", "free_jobs", "retry_parts", "cancel_parts", "act_on_all")

    class Media:
        css = {"all": ["jobs/admin.css"]}

    def get_urls(self) -> list[Any]:
        """Put the pages of dead letters beside the list."""
        view = self.admin_site.admin_view
        return [
            path("dead-letters/", view(dead_letters), name="jobs_dead_letters"),
            path("<uuid:job_id>/act/", view(act), name="jobs_job_act"),
            path("live/", view(live), name="jobs_live"),
            path("chart/", view(chart), name="jobs_chart"),
            path("bulk/", view(bulk), name="jobs_bulk"),
            path("dead-letters/group/", view(dead_letter_group), name="jobs_dead_letter_group"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Put the bar above the list."""
        context = {**(extra_context or {}), "bar": bar(request.GET)}
        return super().changelist_view(request, context)  # type: ignore[no-any-return]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[JobList]:
        """Return the list that defers."""
        return JobList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        """Search by indexes where they help."""
        return (search(queryset, search_term.strip()) if search_term.strip() else queryset), False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may bring jobs back and stop them."""
        return request.user.has_perm("jobs.change_job")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a job on the page of its own."""
        job = self.get_object(request, object_id)
        if job is None:
            return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        if request.method == "POST" or not self.has_view_permission(request, job):
            raise PermissionDenied
        return job_page(request, job)

    @admin.display(description="state")
    def state_label(self, job: Job) -> SafeString:
        """Return the state in its colour."""
        return state_label(job.state)

    @admin.display(description="attempts")
    def attempts_made(self, job: Job) -> str:
        """Return the charged runs of those allowed."""
        return f"{job.attempts} of {job.max_attempts}"

    @admin.display(description="created", ordering="pk")
    def created(self, job: Job) -> str:
        """Return when it was enqueued, to the second; ordered by the key, which grows with time."""
        return f"{timezone.localtime(job.created_at):%Y-%m-%d\N{NO-BREAK SPACE}%H:%M:%S}"

    @admin.action(description="Retry", permissions=["operate"])
    def retry_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Bring finished jobs back with a fresh round of attempts."""
        ids = self._chosen(request, queryset)
        self._tell(
            request,
            "retried",
            moved=len(retry(ids, by=Operator.of_request(request))),
            chosen=len(ids),
            why="not finished",
        )

    @admin.action(description="Cancel", permissions=["operate"])
    def cancel_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Cancel jobs that have not started."""
        ids = self._chosen(request, queryset)
        pending = list(Job.objects.filter(pk__in=ids, state__in=PENDING).values_list("pk", flat=True))
        moved = len(cancel(pending, by=Operator.of_request(request)))
        self._tell(request, "cancelled", moved=moved, chosen=len(ids), why="started or finished")

    @admin.action(description="Free: start without what it waits for", permissions=["operate"])
    def free_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Let blocked jobs start."""
        ids = self._chosen(request, queryset)
        moved = len(free(ids, by=Operator.of_request(request)))
        self._tell(request, "freed", moved=moved, chosen=len(ids), why="not blocked")

    @admin.action(description="Retry with what it waits for", permissions=["operate"])
    def retry_parts(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Bring jobs back with all that they need and that failed or was cancelled."""
        ids = self._chosen(request, queryset)
        moved = sum(retry_part(id_, by=Operator.of_request(request)) for id_ in ids)
        self._tell(request, "brought back", moved=moved, chosen=moved, why="")

    @admin.action(description="Cancel with what only it waits for", permissions=["operate"])
    def cancel_parts(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Cancel jobs with all that nobody else needs."""
        ids = self._chosen(request, queryset)
        moved = sum(cancel_part(id_, by=Operator.of_request(request)) for id_ in ids)
        self._tell(request, "cancelled", moved=moved, chosen=moved, why="")

    @admin.action(description="Act on all that match …", permissions=["operate"])
    def act_on_all(self, request: HttpRequest, queryset: QuerySet[Job]) -> HttpResponse | None:
        """Lead to the dry run of what the list shows, on every page of it."""
        if request.GET.get("q"):
            messages.warning(request, "A search cannot be frozen: write it into the filter, as in job:calc-acme-*.")
            return None
        return HttpResponseRedirect(f"{reverse('admin:jobs_bulk')}?{request.GET.urlencode()}")

    def _chosen(self, request: HttpRequest, queryset: QuerySet[Job]) -> list[Any]:
        """Return the ids of the chosen jobs, no more than a list shows."""
        ids = list(queryset.values_list("pk", flat=True)[: BoundedPaginator.MOST + 1])
        if len(ids) > BoundedPaginator.MOST:
            messages.warning(request, f"More than {BoundedPaginator.MOST} jobs are chosen: these were the first.")
        return ids[: BoundedPaginator.MOST]

    def _tell(self, request: HttpRequest, done: str, *, moved: int, chosen: int, why: str) -> None:
        """Say how many jobs were moved and how many were not."""
        if moved:
            messages.success(request, f"{moved} {'job' if moved == 1 else 'jobs'} {done}.")
        if skipped := chosen - moved:
            messages.warning(request, f"{skipped} {'job' if skipped == 1 else 'jobs'} skipped: {why}.")
