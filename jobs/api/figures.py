"""The request for how queues have been doing."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.figures import WINDOWS, QueueFigures, figures
from jobs.services.permissions import permit_all
from jobs.services.visible import visible_queues


class WindowShape(serializers.Serializer[Any]):
    """The runs of a window; spans in milliseconds, null if nothing ran."""

    completed = serializers.IntegerField(source="outcomes.completed")
    failed = serializers.IntegerField(source="outcomes.failed")
    retried = serializers.IntegerField(source="outcomes.retried")
    cancelled = serializers.IntegerField(source="outcomes.cancelled")
    putOff = serializers.IntegerField(source="outcomes.put_off")  # noqa: N815  # JSON names are camelCase
    lost = serializers.IntegerField(source="outcomes.lost")
    perSecond = serializers.FloatField(source="rate")  # noqa: N815
    waitAverageMs = serializers.FloatField(source="wait_average_ms", allow_null=True)  # noqa: N815
    waitP95Ms = serializers.FloatField(source="wait_p95_ms", allow_null=True)  # noqa: N815
    runAverageMs = serializers.FloatField(source="run_average_ms", allow_null=True)  # noqa: N815
    runP95Ms = serializers.FloatField(source="run_p95_ms", allow_null=True)  # noqa: N815
    utilisation = serializers.FloatField(allow_null=True)


class QueueFiguresShape(serializers.Serializer[Any]):
    """A queue's windows (minute, hour, day), as a whole and by actor."""

    oldestWaitingSeconds = serializers.FloatField(source="oldest_waiting_s", allow_null=True)  # noqa: N815
    windows = serializers.DictField(child=WindowShape())
    actors = serializers.DictField(child=serializers.DictField(child=WindowShape()))


class FiguresShape(serializers.Serializer[Any]):
    """The figures of all queues."""

    figures = serializers.DictField(child=QueueFiguresShape())


class FiguresView(APIView):
    """How all queues have been doing."""

    @extend_schema(operation_id="jobs_figures", responses=FiguresShape)
    def get(self, request: Request) -> Response:
        """Tell rates, waits and runs of the last minute, hour and day; the numbers are of all tenants together."""
        by = Operator.of_request(request)
        permit_all(by, Deed.VIEW)
        found = figures(visible_queues(by), now=timezone.now())
        return Response({"figures": {queue: _shape(of) for queue, of in found.items()}})


def _shape(of: QueueFigures) -> dict[str, Any]:
    return {
        "oldestWaitingSeconds": of.oldest_waiting_s,
        "windows": {window: WindowShape(of.windows[window]).data for window in WINDOWS},
        "actors": {
            actor: {window: WindowShape(windows[window]).data for window in windows}
            for actor, windows in of.actors.items()
        },
    }
