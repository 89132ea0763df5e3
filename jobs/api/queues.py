"""The requests about queues as a whole: their switches and limits, their dead letters, and what is wrong."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.operator_view import OperatorView, ReasonShape
from jobs.models import Alert
from jobs.permissions import Deed
from jobs.services.dead_letters import groups
from jobs.services.limits import (
    clear_rate_limit,
    limits,
    pause,
    resume,
    set_concurrency,
    set_max_active,
    set_rate_limit,
)
from jobs.services.permissions import permit, permit_all
from jobs.services.queues import check_queue
from jobs.services.visible import visible_queues

VERBS = {"pause": pause, "resume": resume}
MOST = 100
_LIMIT: dict[str, Any] = {"min_value": 1, "max_value": 2_000_000_000, "allow_null": True, "required": False}


class QueueShape(serializers.Serializer[Any]):
    """A queue's switches; null is no limit, or the settings' one."""

    queue = serializers.CharField()
    paused = serializers.BooleanField()
    maxStarts = serializers.IntegerField(source="max_starts", allow_null=True)  # noqa: N815  # JSON names
    windowMs = serializers.IntegerField(source="window_ms", allow_null=True)  # noqa: N815
    maxActive = serializers.IntegerField(source="max_active", allow_null=True)  # noqa: N815
    concurrency = serializers.IntegerField(allow_null=True)


class QueuesShape(serializers.Serializer[Any]):
    """All queues within reach."""

    queues = QueueShape(many=True)


class LimitsShape(ReasonShape):
    """The limits to change; null takes one away. `maxStarts` and `windowMs` go together."""

    maxStarts = serializers.IntegerField(source="max_starts", **_LIMIT)  # noqa: N815  # JSON names
    windowMs = serializers.IntegerField(source="window_ms", **_LIMIT)  # noqa: N815
    maxActive = serializers.IntegerField(source="max_active", **_LIMIT)  # noqa: N815
    concurrency = serializers.IntegerField(**_LIMIT)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse half a rate limit."""
        if (attrs.get("max_starts") is None) != (attrs.get("window_ms") is None):
            raise serializers.ValidationError({"windowMs": ["maxStarts and windowMs go together."]})
        return attrs


class GroupShape(serializers.Serializer[Any]):
    """Dead letters that failed alike; `group:<fingerprint>` finds them in the filter language."""

    queue = serializers.CharField()
    actor = serializers.CharField()
    errorType = serializers.CharField(source="error_type")  # noqa: N815  # JSON names
    fingerprint = serializers.CharField()
    count = serializers.IntegerField()
    firstAt = serializers.DateTimeField(source="first_at")  # noqa: N815
    lastAt = serializers.DateTimeField(source="last_at")  # noqa: N815
    error = serializers.CharField()
    tenants = serializers.DictField(child=serializers.IntegerField())
    trend = serializers.ListField(child=serializers.IntegerField(), help_text="By hour, the last one is now.")


class GroupsShape(serializers.Serializer[Any]):
    """The groups, the largest first."""

    groups = GroupShape(many=True)


class AlertShape(serializers.ModelSerializer[Alert]):
    """Something that is wrong."""

    rule = serializers.CharField(source="rule.name")
    openedAt = serializers.DateTimeField(source="opened_at")  # noqa: N815  # JSON names
    closedAt = serializers.DateTimeField(source="closed_at", allow_null=True)  # noqa: N815

    class Meta:
        model = Alert
        fields = ("id", "rule", "queue", "severity", "words", "value", "worst", "openedAt", "closedAt")


class AlertsShape(serializers.Serializer[Any]):
    """Alerts, the latest first."""

    alerts = AlertShape(many=True)


class QueuesView(OperatorView):
    """The switches of all queues."""

    @extend_schema(operation_id="queues_list", responses=QueuesShape)
    def get(self, request: Request) -> Response:
        """List the queues with their switches and limits."""
        return Response({"queues": [_shape(queue) for queue in visible_queues(self.by)]})


class QueueView(OperatorView):
    """The limits of a queue."""

    @extend_schema(operation_id="queues_limit", request=LimitsShape, responses=QueueShape)
    def patch(self, request: Request, queue: str) -> Response:
        """Change limits at run time; all workers obey at once."""
        given = self.given(LimitsShape)
        why = {"by": self.by, "reason": given.pop("reason")}
        check_queue(queue)
        permit_all(self.by, Deed.PAUSE)
        if given.get("max_starts") is not None:
            set_rate_limit(queue, max_starts=given["max_starts"], window=given["window_ms"], **why)
        elif "max_starts" in given:
            clear_rate_limit(queue, **why)
        if "max_active" in given:
            set_max_active(queue, jobs=given["max_active"], **why)
        if "concurrency" in given:
            set_concurrency(queue, jobs=given["concurrency"], **why)
        return Response(_shape(queue))


class PauseView(OperatorView):
    """The pause of a queue."""

    verb = "pause"

    @extend_schema(request=ReasonShape, responses=QueueShape)
    def post(self, request: Request, queue: str) -> Response:
        """Pause a queue for all workers (what runs goes on), or let it go on."""
        VERBS[self.verb](queue, by=self.by, reason=self.given(ReasonShape)["reason"])
        return Response(_shape(queue))


class DeadLettersView(OperatorView):
    """The dead letters by what went wrong."""

    @extend_schema(operation_id="dead_letters", responses=GroupsShape)
    def get(self, request: Request) -> Response:
        """List the groups of dead letters, the largest first."""
        reach = permit(self.by, Deed.VIEW)
        narrowed: dict[str, Any] = {}
        if reach.tenants is not None:
            narrowed["tenant__in"] = sorted(reach.tenants)
        if reach.queues is not None:
            narrowed["queue__in"] = sorted(reach.queues)
        found = groups(now=timezone.now(), **narrowed)
        return Response({"groups": [GroupShape(asdict(group)).data for group in found]})


class AlertsView(OperatorView):
    """What is wrong, and has been."""

    @extend_schema(operation_id="alerts_list", responses=AlertsShape)
    def get(self, request: Request) -> Response:
        """List the latest hundred alerts; `closedAt` is null while one is open. For the whole installation."""
        permit_all(self.by, Deed.VIEW)
        rows = Alert.objects.exclude(opened_at=None).select_related("rule").order_by("-opened_at", "-pk")
        return Response({"alerts": AlertShape(rows[:MOST], many=True).data})


def _shape(queue: str) -> dict[str, Any]:
    return dict(QueueShape({"queue": queue, **asdict(limits(queue))}).data)
