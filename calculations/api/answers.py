"""What clients are told about calculations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calculations.models import ApprovalEvent
from jobs import timestamp


class BatchAnswer(serializers.Serializer[Any]):
    """How far a batch is."""

    batchId = serializers.CharField()  # noqa: N815  # JSON names are camelCase
    status = serializers.CharField()
    itemsTotal = serializers.IntegerField()  # noqa: N815
    itemsProcessed = serializers.IntegerField()  # noqa: N815
    itemsSucceeded = serializers.IntegerField()  # noqa: N815
    itemsFailed = serializers.IntegerField()  # noqa: N815
    startedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    completedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    error = serializers.CharField(required=False)
    inputsHash = serializers.CharField()  # noqa: N815
    isDuplicate = serializers.BooleanField()  # noqa: N815
    warnings = serializers.ListField(child=serializers.DictField(), required=False)


class BatchJobAnswer(BatchAnswer):
    """A batch and the job that calculates it."""

    jobId = serializers.CharField()  # noqa: N815


class BatchesAnswer(serializers.Serializer[Any]):
    """The latest batches."""

    batches = BatchAnswer(many=True)


class PricesAnswer(serializers.Serializer[Any]):
    """A page of results; prices are texts."""

    results = serializers.ListField(child=serializers.DictField())
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pageSize = serializers.IntegerField()  # noqa: N815
    totalPages = serializers.IntegerField()  # noqa: N815


class ApprovalAnswer(serializers.Serializer[Any]):
    """A request for approval, and its decision."""

    approvalId = serializers.CharField()  # noqa: N815
    batchId = serializers.CharField()  # noqa: N815
    status = serializers.CharField()
    requestedBy = serializers.CharField()  # noqa: N815
    approvedBy = serializers.CharField(allow_null=True)  # noqa: N815
    approvedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    rejectedBy = serializers.CharField(allow_null=True)  # noqa: N815
    rejectedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    comments = serializers.CharField(allow_null=True)


def tell_approval(event: ApprovalEvent) -> dict[str, Any]:
    """Return an approval event as HTTP answers it."""
    return {
        "approvalId": event.pk,
        "batchId": event.entity_id,
        "status": event.status,
        "requestedBy": event.requested_by,
        "approvedBy": event.approved_by,
        "approvedAt": timestamp(event.approved_at) if event.approved_at else None,
        "rejectedBy": event.rejected_by,
        "rejectedAt": timestamp(event.rejected_at) if event.rejected_at else None,
        "comments": event.comments,
    }
