"""The requests about flows: how one stands, its next try, its end, and a blocked job's way out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs.api.shapes import JobShape
from jobs.errors import StaleJob
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.flow_graph import FlowGraph, read_graph
from jobs.services.flows import cancel_flow, free, retry_flow
from jobs.services.held_up import held_up_by
from jobs.services.visible import visible_flow, visible_job, visible_tenants
from jobs.states import State


class HoldUpShape(serializers.Serializer[Any]):
    """What holds a blocked job up."""

    id = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField()
    words = serializers.CharField()
    stuck = serializers.BooleanField()


class NodeShape(serializers.Serializer[object]):
    """A job, or jobs that stand alike."""

    jobs = serializers.ListField(child=serializers.CharField())
    name = serializers.CharField(source="actor")
    queue = serializers.CharField()
    state = serializers.CharField()


class EdgeShape(serializers.Serializer[object]):
    """Node `parent` waits for node `child`, by their places in the list."""

    parent = serializers.IntegerField()  # type: ignore[assignment]  # a field, not the property of the base
    child = serializers.IntegerField()
    onFailure = serializers.CharField(source="on_failure")  # noqa: N815  # JSON names are camelCase
    ended = serializers.CharField()


class FlowShape(serializers.Serializer[FlowGraph]):
    """A flow's graph; `whole` is false if it has more jobs than were read."""

    nodes = NodeShape(many=True)
    edges = EdgeShape(many=True)
    whole = serializers.BooleanField()


class MovedShape(serializers.Serializer[object]):
    """How many jobs were moved."""

    moved = serializers.IntegerField()


class FlowView(APIView):
    """One flow."""

    @extend_schema(operation_id="flows_get", responses=FlowShape)
    def get(self, request: Request, flow: str) -> Response:
        """Show the graph of a flow."""
        by = Operator.of_request(request)
        return Response(FlowShape(read_graph(visible_flow(by, flow).pk, tenants=visible_tenants(by))).data)


class RetryFlowView(APIView):
    """A flow's next try."""

    @extend_schema(operation_id="flows_retry", request=None, responses=MovedShape)
    def post(self, request: Request, flow: str) -> Response:
        """Bring all its jobs back that failed or were cancelled."""
        by = Operator.of_request(request)
        return Response({"moved": retry_flow(visible_flow(by, flow, deed=Deed.RETRY).pk, by=by)})


class CancelFlowView(APIView):
    """A flow's end."""

    @extend_schema(operation_id="flows_cancel", request=None, responses=MovedShape)
    def post(self, request: Request, flow: str) -> Response:
        """Cancel all its jobs that have not finished."""
        by = Operator.of_request(request)
        return Response({"moved": cancel_flow(visible_flow(by, flow, deed=Deed.CANCEL).pk, by=by)})


class FreeView(APIView):
    """A blocked job."""

    @extend_schema(operation_id="jobs_waits", responses=HoldUpShape(many=True))
    def get(self, request: Request, queue: str, job_id: str) -> Response:
        """Say what it waits for in the end, the stuck ones first."""
        by = Operator.of_request(request)
        job = visible_job(by, queue, job_id)
        return Response(HoldUpShape(held_up_by(job.pk, tenants=visible_tenants(by)), many=True).data)

    @extend_schema(operation_id="jobs_free", request=None, responses=JobShape)
    def post(self, request: Request, queue: str, job_id: str) -> Response:
        """Let it start without what it still waits for; 409 if it is not blocked."""
        by = Operator.of_request(request)
        job = visible_job(by, queue, job_id, deed=Deed.RETRY)
        moved = free([job.pk], by=by)
        job.refresh_from_db()
        if not moved:
            raise StaleJob(job.job_id, expected=State.BLOCKED, found=job.state)
        return Response(JobShape(job).data)
