"""Schedules in the admin: when they run, what became of it, and an operator's switches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from jobs.admin.readonly import ReadOnlyInline
from jobs.errors import InvalidSchedule, JobsError
from jobs.models import Job, Schedule, ScheduleRun
from jobs.operator import Operator
from jobs.services.schedule_words import last_words, next_words, says, standing
from jobs.services.schedules import check_schedule, delete, keep, pause, resume, run_now

EDITABLE = (
    *("name", "tenant", "actor", "payload", "cron", "every", "time_zone", "starts_at", "ends_at"),
    *("missed", "missed_limit", "overlap", "jitter", "priority", "attempts"),
)


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A schedule that could fire."""

    class Meta:
        model = Schedule
        fields = EDITABLE

    def _post_clean(self) -> None:
        """Ask the service about the whole, once every field is clean."""
        super()._post_clean()  # type: ignore[misc]  # Django's own hook
        if not self.errors:
            try:
                check_schedule(self.instance)
            except InvalidSchedule as error:
                self.add_error(error.field if error.field in EDITABLE else None, str(error))


def _job_link(job: UUID | None) -> SafeString | str:
    if job is None:
        return "-"
    state = Job.objects.filter(pk=job).values_list("state", flat=True).first() or "deleted"
    return format_html('<a href="{}">{}</a>', reverse("admin:jobs_job_change", args=[job]), state)


class RunInline(ReadOnlyInline):
    """What became of its due times, the latest first."""

    model = ScheduleRun
    ordering = ("-due_at",)
    fields = readonly_fields = ("due_at", "outcome", "count", "job_state", "note")

    @admin.display(description="job")
    def job_state(self, run: ScheduleRun) -> SafeString | str:
        """Return the state of its job, with the way there."""
        return _job_link(run.job)


@admin.register(Schedule)
class ScheduleAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """What is enqueued again and again. What code declares can be paused and run, not changed."""

    form = ScheduleForm
    list_display = ("name", "runs", "standing", "next_run", "last_run", "last_state", "actor", "tenant")
    list_filter = ("actor", "missed", "overlap", "is_declared")
    search_fields = ("name", "actor", "tenant")
    actions = ("pause_schedules", "resume_schedules", "run_schedules")
    inlines = (RunInline,)
    readonly_fields = ("runs", "standing", "next_run", "last_run", "last_state", "problem", "is_declared")
    fields = (*readonly_fields, *EDITABLE)

    def has_change_permission(self, request: HttpRequest, obj: Schedule | None = None) -> bool:
        """Let nobody change what the code declares; the actions ask about no row in particular."""
        return not (obj and obj.is_declared) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Schedule | None = None) -> bool:
        """Return False for what the code declares: it would come back."""
        return not (obj and obj.is_declared) and bool(super().has_delete_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: Schedule, form: ScheduleForm, change: bool) -> None:  # noqa: FBT001  # Django passes it so
        """Keep it with its audit."""
        keep(obj, by=Operator.of_request(request))

    def delete_model(self, request: HttpRequest, obj: Schedule) -> None:
        """Delete it with its audit."""
        delete(obj.pk, by=Operator.of_request(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        """Delete those that no code declares."""
        for schedule in queryset.filter(is_declared=False):
            delete(schedule.pk, by=Operator.of_request(request))

    @admin.display(description="runs")
    def runs(self, schedule: Schedule) -> str:
        """Return the timetable in words."""
        return "" if schedule._state.adding else says(schedule)  # noqa: SLF001  # Django's word for a new row

    @display(  # type: ignore[untyped-decorator]  # unfold is untyped
        description="standing",
        label={"active": "success", "paused": "warning", "broken": "danger", "waiting": "info", "over": "info"},
    )
    def standing(self, schedule: Schedule) -> str:
        """Return whether it runs."""
        return standing(schedule)

    @admin.display(description="next run", ordering="next_at")
    def next_run(self, schedule: Schedule) -> str:
        """Return when it runs next, in words."""
        return next_words(schedule, timezone.now())

    @admin.display(description="last run", ordering="last_at")
    def last_run(self, schedule: Schedule) -> str:
        """Return when it ran last, in words."""
        return last_words(schedule, timezone.now())

    @admin.display(description="last job")
    def last_state(self, schedule: Schedule) -> SafeString | str:
        """Return what became of the last job."""
        return _job_link(schedule.last_job)

    @admin.action(description="Pause", permissions=["change"])
    def pause_schedules(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        """Let no due time make a job."""
        self._each(request, queryset, pause, "{} is paused.")

    @admin.action(description="Resume", permissions=["change"])
    def resume_schedules(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        """Go on from now."""
        self._each(request, queryset, resume, "{} goes on.")

    @admin.action(description="Run now", permissions=["change"])
    def run_schedules(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        """Enqueue a job at once."""
        self._each(request, queryset, run_now, "{}: a job is enqueued.")

    @staticmethod
    def _each(request: HttpRequest, queryset: QuerySet[Schedule], verb: Callable[..., Any], said: str) -> None:
        for schedule in queryset:
            try:
                verb(schedule.pk, by=Operator.of_request(request))
            except JobsError as error:
                messages.error(request, f"{schedule.name}: {error}")
            else:
                messages.success(request, said.format(schedule.name))
