"""What uploads and runs look like in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ingestion.api.fields import DayField


class UploadShape(serializers.Serializer[Any]):
    """A CSV file, and which of its rows are wanted."""

    csvData = serializers.CharField(source="content", trim_whitespace=False)  # noqa: N815  # JSON names are camelCase
    seriesCodes = serializers.ListField(  # noqa: N815
        source="series_codes", child=serializers.CharField(max_length=64), required=False, max_length=10_000
    )
    startDate = DayField(source="start_date", required=False, allow_null=True)  # noqa: N815
    endDate = DayField(source="end_date", required=False, allow_null=True)  # noqa: N815
    force = serializers.BooleanField(required=False)
    createMissingSeries = serializers.BooleanField(source="create_missing_series", required=False)  # noqa: N815

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse days that run backwards."""
        start, end = attrs.get("start_date"), attrs.get("end_date")
        if start and end and end < start:
            raise serializers.ValidationError({"endDate": ["Must not be before startDate."]})
        return attrs


class UploadedShape(serializers.Serializer[Any]):
    """The run of an upload, and its job."""

    ingestionId = serializers.CharField()  # noqa: N815
    jobId = serializers.CharField()  # noqa: N815


class RunShape(serializers.Serializer[Any]):
    """What became of a run."""

    ingestionId = serializers.CharField()  # noqa: N815
    status = serializers.CharField()
    provider = serializers.CharField()
    rowCount = serializers.IntegerField()  # noqa: N815
    fetchedCount = serializers.IntegerField()  # noqa: N815
    filteredCount = serializers.IntegerField()  # noqa: N815
    upsertedCount = serializers.IntegerField()  # noqa: N815
    skippedCount = serializers.IntegerField()  # noqa: N815
    errorCount = serializers.IntegerField()  # noqa: N815
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]  # a field of the answer
    startedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    completedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    durationMs = serializers.IntegerField(allow_null=True)  # noqa: N815
