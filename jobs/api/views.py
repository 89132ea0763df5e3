"""The requests about jobs: each finds what is within the caller's reach, asks one service, and answers."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs.api.shapes import JobShape, JobsShape, MetricsShape, RangeShape, RetriedShape
from jobs.errors import StaleJob
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.operate import retry
from jobs.services.operations import retry_all
from jobs.services.queues import check_queue
from jobs.services.visible import visible_job, visible_jobs, visible_metrics
from jobs.states import FINISHED, State


class MetricsView(APIView):
    """The counters of all queues."""

    @extend_schema(operation_id="jobs_metrics", responses=MetricsShape)
    def get(self, request: Request) -> Response:
        """Count the jobs of every queue, those of the settings first, as far as the caller's reach goes."""
        return Response({"metrics": visible_metrics(Operator.of_request(request))})


class JobView(APIView):
    """One job."""

    @extend_schema(operation_id="jobs_get", responses=JobShape)
    def get(self, request: Request, queue: str, job_id: str) -> Response:
        """Show a job by its job id or UUID."""
        return Response(JobShape(visible_job(Operator.of_request(request), queue, job_id)).data)


class RetryView(APIView):
    """A finished job's next round."""

    @extend_schema(operation_id="jobs_retry", request=None, responses=JobShape)
    def post(self, request: Request, queue: str, job_id: str) -> Response:
        """Bring a finished job back with a fresh round of attempts; 409 while it is not finished."""
        by = Operator.of_request(request)
        job = visible_job(by, queue, job_id, deed=Deed.RETRY)
        moved = retry([job.pk], by=by)
        job.refresh_from_db()
        if not moved:
            raise StaleJob(job.job_id, expected=" or ".join(FINISHED), found=job.state)
        return Response(JobShape(job).data)


class FailedView(APIView):
    """The dead letters of a queue."""

    @extend_schema(operation_id="jobs_failed", parameters=[RangeShape], responses=JobsShape)
    def get(self, request: Request, queue: str) -> Response:
        """List failed jobs, the latest first, from index `start` to `end`."""
        wanted = RangeShape(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        start, end = wanted.validated_data["start"], wanted.validated_data["end"]
        jobs = visible_jobs(Operator.of_request(request)).filter(queue=check_queue(queue))
        # finished_at says nothing new about a failed job, but lets the index of finished jobs serve
        failed = jobs.filter(state=State.FAILED, finished_at__isnull=False).order_by("-finished_at", "-pk")
        return Response({"jobs": JobShape(failed[start : end + 1], many=True).data})


class RetryFailedView(APIView):
    """The next round of all dead letters of a queue."""

    @extend_schema(operation_id="jobs_retry_failed", request=None, responses=RetriedShape)
    def post(self, request: Request, queue: str) -> Response:
        """Bring all failed jobs of a queue back; those of the caller's tenants only, if that is the reach."""
        retried = retry_all(queue=check_queue(queue), by=Operator.of_request(request))
        return Response({"retried": retried})
