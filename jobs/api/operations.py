"""The requests about bulk actions: look first, start, watch, stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.operator_view import OperatorView, ReasonShape
from jobs.filter_language import parse
from jobs.models import Operation
from jobs.services.operations import preview, start, stop, visible_operations

MOST = 100


class OperationShape(serializers.ModelSerializer[Operation]):
    """A bulk action and how far it is; `counts` is the dry run."""

    perSecond = serializers.IntegerField(source="per_second", allow_null=True)  # noqa: N815  # JSON names
    createdAt = serializers.DateTimeField(source="created_at")  # noqa: N815
    finishedAt = serializers.DateTimeField(source="finished_at", allow_null=True)  # noqa: N815

    class Meta:
        model = Operation
        fields = (
            *("id", "action", "filter", "arguments", "reason", "counts", "perSecond", "state"),
            *("total", "done", "skipped", "createdAt", "finishedAt"),
        )


class OperationsShape(serializers.Serializer[Any]):
    """The latest operations."""

    operations = OperationShape(many=True)


class StartShape(ReasonShape):
    """What is to be done to which jobs; with `dryRun` they are only counted."""

    action = serializers.ChoiceField(choices=Operation.Action.choices)
    filter = serializers.CharField(
        max_length=2_000, help_text="In the filter language; all jobs: an empty text.", allow_blank=True
    )
    priority = serializers.IntegerField(min_value=0, max_value=1_000, required=False)
    perSecond = serializers.IntegerField(source="per_second", min_value=1, max_value=1_000_000, required=False)  # noqa: N815
    limit = serializers.IntegerField(min_value=1, max_value=100_000_000, required=False)
    stopAbove = serializers.FloatField(source="stop_above", min_value=0, max_value=1, required=False)  # noqa: N815
    dryRun = serializers.BooleanField(source="dry_run", default=False)  # noqa: N815


class PreviewShape(serializers.Serializer[Any]):
    """How many jobs match, how many of these would be moved, and where they are."""

    total = serializers.IntegerField()
    eligible = serializers.IntegerField()
    state = serializers.DictField(child=serializers.IntegerField())
    actor = serializers.DictField(child=serializers.IntegerField())
    tenant = serializers.DictField(child=serializers.IntegerField())


class OperationsView(OperatorView):
    """Bulk actions."""

    @extend_schema(operation_id="operations_list", responses=OperationsShape)
    def get(self, request: Request) -> Response:
        """List the latest hundred operations that the caller may see."""
        rows = visible_operations(self.by).order_by("-pk")[:MOST]
        return Response({"operations": OperationShape(rows, many=True).data})

    @extend_schema(
        operation_id="operations_create", request=StartShape, responses={200: PreviewShape, 202: OperationShape}
    )
    def post(self, request: Request) -> Response:
        """Start an action on all jobs that match now, or with `dryRun` count them and move nothing."""
        given = self.given(StartShape)
        wanted = parse(given.pop("filter"), now=timezone.now())
        if given.pop("dry_run"):
            return Response(preview(action=given["action"], wanted=wanted, by=self.by))
        arguments = {"priority": given.pop("priority", None)} if given["action"] == "priority" else {}
        given.pop("priority", None)
        operation = start(wanted=wanted, arguments=arguments, by=self.by, **given)
        where = reverse("jobs:operation", args=[operation.pk])
        operation.refresh_from_db()
        return Response(OperationShape(operation).data, status=202, headers={"Location": where})


class OperationView(OperatorView):
    """One bulk action."""

    @extend_schema(operation_id="operations_get", responses=OperationShape)
    def get(self, request: Request, operation: str) -> Response:
        """Show how far an operation is."""
        return Response(OperationShape(_find(visible_operations(self.by), operation)).data)


class StopView(OperatorView):
    """The end of a bulk action."""

    @extend_schema(operation_id="operations_stop", request=ReasonShape, responses=OperationShape)
    def post(self, request: Request, operation: str) -> Response:
        """Take no further step; what has been done stays. 409 if it does not run any more."""
        reason = self.given(ReasonShape)["reason"]
        found = _find(visible_operations(self.by), operation)
        stop(found.pk, by=self.by, reason=reason)
        found.refresh_from_db()
        return Response(OperationShape(found).data)


def _find(rows: QuerySet[Operation], operation: str) -> Operation:
    try:
        return rows.get(pk=UUID(operation))
    except (ValueError, Operation.DoesNotExist):
        raise Http404 from None
