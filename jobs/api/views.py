"""The requests about jobs: each finds what is within the caller's reach, asks one service, and answers."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.job_views import EditShape, change_job
from jobs.api.operator_view import OperatorView
from jobs.api.shapes import JobShape, JobsShape, MetricsShape, RangeShape, RetriedShape, job_json
from jobs.errors import StaleJob
from jobs.permissions import Deed
from jobs.services.operate import retry
from jobs.services.operations import retry_all
from jobs.services.queues import check_queue
from jobs.services.visible import visible_job, visible_jobs, visible_metrics
from jobs.states import FINISHED, State


class MetricsView(OperatorView):
    """The counters of all queues."""

    @extend_schema(operation_id="jobs_metrics", responses=MetricsShape)
    def get(self, request: Request) -> Response:
        """Count the jobs of every queue, those of the settings first, as far as the caller's reach goes."""
        return Response({"metrics": visible_metrics(self.by)})


class JobView(OperatorView):
    """One job."""

    @extend_schema(operation_id="jobs_get", responses=JobShape)
    def get(self, request: Request, queue: str, job_id: str) -> Response:
        """Show a job by its job id or UUID."""
        return Response(job_json([visible_job(self.by, queue, job_id)], by=self.by)[0])

    @extend_schema(operation_id="jobs_edit", request=EditShape, responses=JobShape)
    def patch(self, request: Request, queue: str, job_id: str) -> Response:
        """Change payload, priority or delay of a job that does not run; 409 if it runs, is over, or has been taken."""
        return Response(job_json([change_job(self, queue, job_id)], by=self.by)[0])


class RetryView(OperatorView):
    """A finished job's next round."""

    @extend_schema(operation_id="jobs_retry", request=None, responses=JobShape)
    def post(self, request: Request, queue: str, job_id: str) -> Response:
        """Bring a finished job back with a fresh round of attempts; 409 while it is not finished."""
        job = visible_job(self.by, queue, job_id, deed=Deed.RETRY)
        moved = retry([job.pk], by=self.by)
        job.refresh_from_db()
        if not moved:
            raise StaleJob(job.job_id, expected=" or ".join(FINISHED), found=job.state)
        return Response(job_json([job], by=self.by)[0])


class FailedView(OperatorView):
    """The dead letters of a queue."""

    @extend_schema(operation_id="jobs_failed", parameters=[RangeShape], responses=JobsShape)
    def get(self, request: Request, queue: str) -> Response:
        """List failed jobs, the latest first, from index `start` to `end`."""
        wanted = RangeShape(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        start, end = wanted.validated_data["start"], wanted.validated_data["end"]
        jobs = visible_jobs(self.by).filter(queue=check_queue(queue))
        # finished_at says nothing new about a failed job, but lets the index of finished jobs serve
        failed = jobs.filter(state=State.FAILED, finished_at__isnull=False).order_by("-finished_at", "-pk")
        return Response({"jobs": job_json(list(failed[start : end + 1]), by=self.by)})


class RetryFailedView(OperatorView):
    """The next round of all dead letters of a queue."""

    @extend_schema(operation_id="jobs_retry_failed", request=None, responses=RetriedShape)
    def post(self, request: Request, queue: str) -> Response:
        """Bring all failed jobs of a queue back; those of the caller's tenants only, if that is the reach."""
        retried = retry_all(queue=check_queue(queue), by=self.by)
        return Response({"retried": retried})
