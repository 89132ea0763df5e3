"""The request for who works."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import permit_all
from jobs.services.registry import worker_processes


class WorkerShape(serializers.Serializer[Any]):
    """A worker process as its last beat told."""

    id = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    queues = serializers.ListField(child=serializers.CharField())
    threads = serializers.IntegerField()
    busy = serializers.IntegerField()
    unrecorded = serializers.IntegerField()
    memoryBytes = serializers.IntegerField(source="memory_bytes", allow_null=True)  # noqa: N815  # JSON names
    version = serializers.CharField()
    startedAt = serializers.DateTimeField(source="started_at")  # noqa: N815
    beatAt = serializers.DateTimeField(source="beat_at", allow_null=True)  # noqa: N815
    standing = serializers.ChoiceField(choices=["alive", "paused", "silent", "lost", "fenced"])


class WorkersShape(serializers.Serializer[Any]):
    """Worker processes, the latest first."""

    workers = WorkerShape(many=True)


class WorkersView(APIView):
    """All registered worker processes."""

    @extend_schema(operation_id="jobs_workers", responses=WorkersShape)
    def get(self, request: Request) -> Response:
        """List worker processes; those that have ended stay for about an hour."""
        permit_all(Operator.of_request(request), Deed.VIEW)
        return Response({"workers": WorkerShape(worker_processes(), many=True).data})
