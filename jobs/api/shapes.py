"""What jobs and counts look like in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from jobs.masking import mask
from jobs.models import Job
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import may


class JobShape(serializers.ModelSerializer[Job]):
    """A job as its caller knows it."""

    jobId = serializers.CharField(source="job_id")  # noqa: N815  # JSON names are camelCase
    name = serializers.CharField(source="actor")
    data = serializers.JSONField(source="payload")  # type: ignore[assignment]  # a field, not the property of the base
    error = serializers.SerializerMethodField()
    attemptsMade = serializers.IntegerField(source="attempts")  # noqa: N815
    maxAttempts = serializers.IntegerField(source="max_attempts")  # noqa: N815
    runAt = serializers.DateTimeField(source="run_at")  # noqa: N815
    createdAt = serializers.DateTimeField(source="created_at")  # noqa: N815
    startedAt = serializers.DateTimeField(source="started_at", allow_null=True)  # noqa: N815
    finishedAt = serializers.DateTimeField(source="finished_at", allow_null=True)  # noqa: N815

    class Meta:
        model = Job
        fields = (
            "id",
            "jobId",
            "queue",
            "name",
            "tenant",
            "state",
            "priority",
            "data",
            "progress",
            "result",
            "error",
            "attemptsMade",
            "maxAttempts",
            "runAt",
            "createdAt",
            "startedAt",
            "finishedAt",
        )

    def to_representation(self, instance: Job) -> dict[str, Any]:
        """Mask secrets, and leave what the job carries out for those who may see only that it is there."""
        shown = super().to_representation(instance)
        hidden = not self.context.get("payloads", True)
        for name in ("data", "progress", "result"):
            shown[name] = None if hidden else mask(shown[name])
        return shown

    def get_error(self, job: Job) -> str | None:
        """Return what the last failed run raised, null if none did."""
        return job.error or None


def job_json(jobs: Sequence[Job], *, by: Operator) -> list[dict[str, Any]]:
    """Return jobs as somebody may see them."""
    context = {"payloads": may(by, Deed.VIEW_PAYLOAD)}
    return [dict(JobShape(job, context=context).data) for job in jobs]  # type: ignore[call-overload]  # the base has a field of this name


class JobsShape(serializers.Serializer[Any]):
    """Some jobs."""

    jobs = JobShape(many=True)


class CountsShape(serializers.Serializer[Any]):
    """The six counters of a queue."""

    waiting = serializers.IntegerField()
    active = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    delayed = serializers.IntegerField()
    paused = serializers.IntegerField()


class MetricsShape(serializers.Serializer[Any]):
    """The counters of all queues."""

    metrics = serializers.DictField(child=CountsShape())


class RetriedShape(serializers.Serializer[Any]):
    """How many jobs wait again."""

    retried = serializers.IntegerField()


class RangeShape(serializers.Serializer[Any]):
    """Which jobs of a list: indexes from 0, both ends inside."""

    MOST = 1_000

    start = serializers.IntegerField(min_value=0, default=0)
    end = serializers.IntegerField(min_value=0, default=99)

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        """Refuse a range that runs backwards or holds more than one answer should."""
        if not attrs["start"] <= attrs["end"] < attrs["start"] + self.MOST:
            raise serializers.ValidationError(
                {"end": [f"Must be at least start, and at most {self.MOST} jobs come at a time."]}
            )
        return attrs
