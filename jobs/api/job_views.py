"""The requests about single jobs and lists of them: find by the filter language, cancel, promote, edit, look closer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.operator_view import OperatorView, ReasonShape
from jobs.api.shapes import JobShape, job_json
from jobs.errors import StaleJob
from jobs.filter_language import parse
from jobs.models import Attempt, Job, JobLog
from jobs.permissions import Deed
from jobs.services.change import promote
from jobs.services.edit import edit
from jobs.services.operate import cancel
from jobs.services.permissions import permit
from jobs.services.select import select
from jobs.services.visible import visible_job
from jobs.states import PENDING, State

LINES = 1_000


class ListShape(serializers.Serializer[Any]):
    """Which jobs, and how many at a time; `after` is the `next` of the page before."""

    filter = serializers.CharField(
        max_length=2_000, required=False, allow_blank=True, default="", trim_whitespace=False
    )
    after = serializers.UUIDField(required=False)
    limit = serializers.IntegerField(min_value=1, max_value=1_000, default=100)


class PageShape(serializers.Serializer[Any]):
    """A page of jobs, the latest first; `next` is null on the last one."""

    jobs = JobShape(many=True)
    next = serializers.UUIDField(allow_null=True)


class EditShape(ReasonShape):
    """What changes; a dead letter stays one unless `retry` is true, and only then it can have a delay."""

    data = serializers.DictField(required=False)  # type: ignore[assignment]  # a field, not the property of the base
    priority = serializers.IntegerField(min_value=0, max_value=1_000, required=False)
    delay = serializers.IntegerField(min_value=0, required=False, help_text="Milliseconds from now.")
    retry = serializers.BooleanField(required=False, default=False)


class AttemptShape(serializers.ModelSerializer[Attempt]):
    """One run of a job."""

    startedAt = serializers.DateTimeField(source="started_at", allow_null=True)  # noqa: N815  # JSON names
    endedAt = serializers.DateTimeField(source="ended_at")  # noqa: N815
    errorType = serializers.CharField(source="error_type")  # noqa: N815

    class Meta:
        model = Attempt
        fields = ("number", "outcome", "worker", "startedAt", "endedAt", "errorType", "error", "traceback")


class AttemptsShape(serializers.Serializer[Any]):
    """The runs of a job, the first first."""

    attempts = AttemptShape(many=True)


class LogShape(serializers.ModelSerializer[JobLog]):
    """One line that a job has said."""

    createdAt = serializers.DateTimeField(source="created_at")  # noqa: N815  # JSON names

    class Meta:
        model = JobLog
        fields = ("attempt", "line", "createdAt")


class LogsShape(serializers.Serializer[Any]):
    """The last lines of a job's log, the first of them first."""

    logs = LogShape(many=True)


class JobsView(OperatorView):
    """Jobs."""

    @extend_schema(operation_id="jobs_list", parameters=[ListShape], responses=PageShape)
    def get(self, request: Request) -> Response:
        """List jobs that meet a filter (`queue:reports state:failed since:2h`), the latest first, by pages."""
        asked = self.given(ListShape)
        found = permit(self.by, Deed.VIEW).narrow(select(parse(asked["filter"], now=timezone.now())))
        if "after" in asked:
            found = found.filter(pk__lt=asked["after"])
        page = list(found.order_by("-pk")[: asked["limit"] + 1])
        more = len(page) > asked["limit"]
        jobs = page[: asked["limit"]]
        return Response({"jobs": job_json(jobs, by=self.by), "next": str(jobs[-1].pk) if more else None})


class CancelView(OperatorView):
    """The end of a job."""

    @extend_schema(operation_id="jobs_cancel", request=ReasonShape, responses=JobShape)
    def post(self, request: Request, queue: str, job_id: str) -> Response:
        """Cancel a job that has not started, or ask one that runs to stop; 409 if it is over."""
        reason = self.given(ReasonShape)["reason"]
        job = visible_job(self.by, queue, job_id, deed=Deed.CANCEL)
        moved = cancel([job.pk], by=self.by, reason=reason)
        return _answer(self, job, moved, (*PENDING, State.ACTIVE))


class PromoteView(OperatorView):
    """The start of a delayed job."""

    @extend_schema(operation_id="jobs_promote", request=ReasonShape, responses=JobShape)
    def post(self, request: Request, queue: str, job_id: str) -> Response:
        """Let a delayed job start now; 409 if it is not delayed."""
        reason = self.given(ReasonShape)["reason"]
        job = visible_job(self.by, queue, job_id, deed=Deed.RETRY)
        return _answer(self, job, promote([job.pk], by=self.by, reason=reason), (State.DELAYED,))


class AttemptsView(OperatorView):
    """What became of each run."""

    @extend_schema(operation_id="jobs_attempts", responses=AttemptsShape)
    def get(self, request: Request, queue: str, job_id: str) -> Response:
        """List the runs of a job that have ended."""
        job = visible_job(self.by, queue, job_id)
        attempts = Attempt.objects.filter(job_id=job.pk).order_by("pk")
        return Response({"attempts": AttemptShape(attempts[:LINES], many=True).data})


class LogsView(OperatorView):
    """What a job has said."""

    @extend_schema(operation_id="jobs_logs", responses=LogsShape)
    def get(self, request: Request, queue: str, job_id: str) -> Response:
        """List the last thousand lines of a job's log."""
        job = visible_job(self.by, queue, job_id, deed=Deed.VIEW_PAYLOAD)
        lines = list(JobLog.objects.filter(job_id=job.pk).order_by("-pk")[:LINES])
        return Response({"logs": LogShape(lines[::-1], many=True).data})


def change_job(view: OperatorView, queue: str, job_id: str) -> Job:
    """Edit a job by a request's body and return it as it is now."""
    given = view.given(EditShape)
    job = visible_job(view.by, queue, job_id, deed=Deed.EDIT)
    given["payload"] = given.pop("data", None)
    edit(job.pk, **given, by=view.by)
    job.refresh_from_db()
    return job


def _answer(view: OperatorView, job: Job, moved: list[str], expected: tuple[str, ...]) -> Response:
    job.refresh_from_db()
    if UUID(str(job.pk)) not in map(UUID, moved):
        raise StaleJob(job.job_id, expected=" or ".join(expected), found=job.state)
    return Response(job_json([job], by=view.by)[0])
