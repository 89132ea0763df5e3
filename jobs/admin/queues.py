"""Queues in the admin: their counts, and an operator's switches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from redis import RedisError
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import ChangeList

from jobs.models import QueueConfig
from jobs.operator import Operator
from jobs.services.limits import pause, resume, send_limits
from jobs.services.operations import retry_all
from jobs.services.operator_audit import audit_queue
from jobs.services.queues import metrics, queue_names


class QueueForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What an operator may limit; what is left empty is as the settings say."""

    class Meta:
        model = QueueConfig
        fields = ("max_starts", "window_ms", "max_active")

    def clean(self) -> dict[str, Any]:
        """Refuse a rate limit of which one half is missing, and limits that let nothing through."""
        values = self.cleaned_data
        if bool(values.get("max_starts")) != bool(values.get("window_ms")):
            raise forms.ValidationError("A rate limit needs both: the starts and their window.")
        for name, value in list(values.items()):
            if value is not None and value < 1:
                self.add_error(name, "At least 1, or empty. To let nothing start, pause the queue.")
        return values


def _counter(state: str) -> Callable[[object, Any], int]:
    """Return the column of a state's count."""

    @admin.display(description=state)
    def count(_: object, queue: Any) -> int:
        return int(queue.counts[state])

    return count


class QueueList(ChangeList):  # type: ignore[misc]  # unfold is untyped
    """The list of queues, each with its counts."""

    def get_results(self, request: HttpRequest) -> None:
        """Put the queues in their order, and ask for the counts of all at once."""
        super().get_results(request)
        order = {name: place for place, name in enumerate(queue_names())}
        rows: list[Any] = sorted(self.result_list, key=lambda row: order.get(row.queue, len(order)))  # type: ignore[has-type]  # unfold is untyped
        counts = metrics([row.queue for row in rows])
        for row in rows:
            row.counts = counts[row.queue]
        self.result_list = rows


@admin.register(QueueConfig)
class QueueConfigAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """One row a queue; its first look makes it."""

    form = QueueForm
    list_display = ("queue", "standing", "waiting", "active", "delayed", "completed", "failed", "more")
    sortable_by = ()
    readonly_fields = ("queue", "paused_at")
    fields = ("queue", "paused_at", "max_starts", "window_ms", "max_active")
    active, delayed, completed, failed = map(_counter, ("active", "delayed", "completed", "failed"))
    actions = ("pause_queues", "resume_queues", "retry_failed")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: settings and actors declare queues."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: QueueConfig | None = None) -> bool:
        """Return False: a queue is there as long as it is declared."""
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may bring jobs back."""
        return request.user.has_perm("jobs.change_job")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List every declared queue, also one that nobody has switched yet."""
        known = set(QueueConfig.objects.values_list("queue", flat=True))
        missing = [QueueConfig(queue=name) for name in queue_names() if name not in known]
        QueueConfig.objects.bulk_create(missing, ignore_conflicts=True)
        return super().changelist_view(request, extra_context)  # type: ignore[no-any-return]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[QueueList]:
        """Return the list that counts."""
        return QueueList

    def save_model(self, request: HttpRequest, obj: QueueConfig, form: QueueForm, change: bool) -> None:  # noqa: FBT001  # Django passes it so
        """Keep the limits with their audit, and tell Redis once they are committed."""
        super().save_model(request, obj, form, change)
        audit_queue(
            "LIMIT",
            obj.queue,
            before={name: form.initial.get(name) for name in form.changed_data},
            after={name: form.cleaned_data[name] for name in form.changed_data},
            by=Operator.of_request(request),
            reason="",
            using="default",
        )
        transaction.on_commit(lambda: _tell_redis(request, obj.queue))

    @display(description="standing", label={"running": "success", "paused": "warning"})  # type: ignore[untyped-decorator]  # unfold is untyped
    def standing(self, queue: QueueConfig) -> str:
        """Return whether it runs."""
        return "paused" if queue.paused_at else "running"

    @admin.display(description="waiting")
    def waiting(self, queue: Any) -> int:
        """Return what waits, be the queue paused or not."""
        return int(queue.counts["waiting"] + queue.counts["paused"])

    @admin.display(description="")
    def more(self, queue: QueueConfig) -> SafeString:
        """Return what else can be done with a queue: look at its jobs, or empty it, after a dry run."""
        return format_html(
            '<a href="{}?queue={}">Jobs</a> · <a href="{}?action=cancel&amp;f={}">Drain …</a>',
            reverse("admin:jobs_job_changelist"),
            quote(queue.queue),
            reverse("admin:jobs_bulk"),
            quote(f"queue:{queue.queue} state:waiting"),
        )

    @admin.action(description="Pause", permissions=["change"])
    def pause_queues(self, request: HttpRequest, queryset: QuerySet[QueueConfig]) -> None:
        """Let nothing more start; what runs goes on."""
        for config in queryset:
            pause(config.queue, by=Operator.of_request(request))
            messages.success(request, f"{config.queue} is paused.")

    @admin.action(description="Resume", permissions=["change"])
    def resume_queues(self, request: HttpRequest, queryset: QuerySet[QueueConfig]) -> None:
        """Let queues go on."""
        for config in queryset:
            resume(config.queue, by=Operator.of_request(request))
            messages.success(request, f"{config.queue} goes on.")

    @admin.action(description="Retry all failed jobs", permissions=["retry"])
    def retry_failed(self, request: HttpRequest, queryset: QuerySet[QueueConfig]) -> None:
        """Bring all dead letters of queues back."""
        for config in queryset:
            retried = retry_all(queue=config.queue, by=Operator.of_request(request))
            messages.success(request, f"{config.queue}: {retried} jobs retried.")


def _tell_redis(request: HttpRequest, queue: str) -> None:
    """Send a queue's limits; without Redis the row stands, and the patrol tells it later."""
    try:
        send_limits(queue)
    except (RedisError, OSError) as error:
        messages.warning(request, f"Redis has not heard of it yet ({error}).")
