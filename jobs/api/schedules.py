"""The requests about schedules: a tenant's admins see and switch their own, operators make and delete any."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs.errors import InvalidSchedule, UnknownSchedule
from jobs.models import Missed, Overlap, Schedule
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import permit
from jobs.services.schedule_words import last_words, next_words, says, standing
from jobs.services.schedules import delete, keep, pause, resume, run_now

MOST = 1_000
VERBS = {"pause": pause, "resume": resume}


class ScheduleShape(serializers.ModelSerializer[Schedule]):
    """A schedule as it is kept, and what it does in words."""

    data = serializers.JSONField(source="payload", default=dict)  # type: ignore[assignment]  # a field, not the property of the base
    timeZone = serializers.CharField(source="time_zone", max_length=64, default="UTC")  # noqa: N815  # JSON names
    startsAt = serializers.DateTimeField(source="starts_at", allow_null=True, required=False)  # noqa: N815
    endsAt = serializers.DateTimeField(source="ends_at", allow_null=True, required=False)  # noqa: N815
    missed = serializers.ChoiceField(choices=Missed.choices, default=Missed.ONCE)
    missedLimit = serializers.IntegerField(source="missed_limit", min_value=1, max_value=1_000, default=10)  # noqa: N815
    overlap = serializers.ChoiceField(choices=Overlap.choices, default=Overlap.ALLOW)
    runs = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    nextRun = serializers.SerializerMethodField()  # noqa: N815
    lastRun = serializers.SerializerMethodField()  # noqa: N815
    nextAt = serializers.DateTimeField(source="next_at", read_only=True)  # noqa: N815
    lastAt = serializers.DateTimeField(source="last_at", read_only=True)  # noqa: N815
    lastJob = serializers.UUIDField(source="last_job", read_only=True)  # noqa: N815

    class Meta:
        model = Schedule
        fields = (
            *("id", "name", "tenant", "actor", "data", "cron", "every", "timeZone", "startsAt", "endsAt"),
            *("priority", "attempts", "missed", "missedLimit", "overlap", "jitter"),
            *("runs", "standing", "nextRun", "lastRun", "nextAt", "lastAt", "lastJob", "problem"),
        )
        read_only_fields = ("id", "problem")
        validators: list[Any] = []  # the service knows its names

    def get_runs(self, schedule: Schedule) -> str:
        """Return the timetable in words."""
        return says(schedule)

    def get_standing(self, schedule: Schedule) -> str:
        """Return active, paused, waiting, broken or over."""
        return standing(schedule)

    def get_nextRun(self, schedule: Schedule) -> str:  # noqa: N802  # named by its field
        """Return when it runs next."""
        return next_words(schedule, timezone.now())

    def get_lastRun(self, schedule: Schedule) -> str:  # noqa: N802  # named by its field
        """Return for which time it ran last."""
        return last_words(schedule, timezone.now())


class SchedulesShape(serializers.Serializer[Any]):
    """Some schedules."""

    schedules = ScheduleShape(many=True)


class AskedShape(serializers.Serializer[Any]):
    """The job that was asked for."""

    id = serializers.UUIDField()
    jobId = serializers.CharField()  # noqa: N815  # JSON names


def _visible(request: Request, deed: Deed = Deed.SEE_SCHEDULES) -> QuerySet[Schedule]:
    reach = permit(Operator.of_request(request), deed)
    return Schedule.objects.all() if reach.tenants is None else Schedule.objects.filter(tenant__in=reach.tenants)


def _find(request: Request, schedule: str, deed: Deed) -> Schedule:
    """Return a schedule within reach; raises UnknownSchedule for the others too."""
    try:
        return _visible(request, deed).get(pk=UUID(schedule))
    except (ValueError, Schedule.DoesNotExist):
        raise UnknownSchedule(schedule) from None


def _keep(request: Request, schedule: Schedule | None = None) -> Schedule:
    shape = ScheduleShape(schedule, data=request.data, partial=schedule is not None)
    shape.is_valid(raise_exception=True)
    row = schedule or Schedule()
    for name, value in shape.validated_data.items():
        setattr(row, name, value)
    try:
        return keep(row, by=Operator.of_request(request))
    except InvalidSchedule as error:
        names = {field.source: name for name, field in shape.fields.items()}
        raise ValidationError({names.get(error.field, error.field): [str(error)]}) from None


class SchedulesView(APIView):
    """All schedules."""

    @extend_schema(operation_id="schedules_list", responses=SchedulesShape)
    def get(self, request: Request) -> Response:
        """List schedules by tenant and name, the first thousand."""
        return Response({"schedules": ScheduleShape(_visible(request)[:MOST], many=True).data})

    @extend_schema(operation_id="schedules_create", request=ScheduleShape, responses={201: ScheduleShape})
    def post(self, request: Request) -> Response:
        """Make a schedule; `cron` or `every` says when. For operators of the whole installation."""
        permit(Operator.of_request(request), Deed.KEEP_SCHEDULES)  # before the body is judged
        return Response(ScheduleShape(_keep(request)).data, status=201)


class ScheduleView(APIView):
    """One schedule."""

    @extend_schema(operation_id="schedules_get", responses=ScheduleShape)
    def get(self, request: Request, schedule: str) -> Response:
        """Show a schedule."""
        return Response(ScheduleShape(_find(request, schedule, Deed.SEE_SCHEDULES)).data)

    @extend_schema(operation_id="schedules_change", request=ScheduleShape, responses=ScheduleShape)
    def patch(self, request: Request, schedule: str) -> Response:
        """Change what is given. For operators of the whole installation."""
        row = _find(request, schedule, Deed.KEEP_SCHEDULES)
        return Response(ScheduleShape(_keep(request, row)).data)

    @extend_schema(operation_id="schedules_delete", responses={204: None})
    def delete(self, request: Request, schedule: str) -> Response:
        """Delete a schedule; its jobs stay. For operators of the whole installation."""
        try:
            delete(_find(request, schedule, Deed.KEEP_SCHEDULES).pk, by=Operator.of_request(request))
        except InvalidSchedule as error:
            raise ValidationError({error.field: [str(error)]}) from None
        return Response(status=204)


class SwitchView(APIView):
    """A schedule's pause."""

    verb = "pause"

    @extend_schema(request=None, responses=ScheduleShape)
    def post(self, request: Request, schedule: str) -> Response:
        """Pause a schedule, or resume it from now on."""
        row = _find(request, schedule, Deed.SWITCH_SCHEDULES)
        VERBS[self.verb](row.pk, by=Operator.of_request(request))
        row.refresh_from_db()
        return Response(ScheduleShape(row).data)


class RunView(APIView):
    """A schedule's job, out of turn."""

    @extend_schema(operation_id="schedules_run", request=None, responses={202: AskedShape})
    def post(self, request: Request, schedule: str) -> Response:
        """Enqueue the schedule's job at once."""
        row = _find(request, schedule, Deed.SWITCH_SCHEDULES)
        placed = run_now(row.pk, by=Operator.of_request(request))
        return Response({"id": placed.id, "jobId": placed.draft.job_id}, status=202)
