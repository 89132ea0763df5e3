"""What clients send about calculations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calculations.services.batch_results import MOST_ON_PAGE
from ingestion.api.fields import DayField, NumberField, VersionTagField


class CreateBatchShape(serializers.Serializer[Any]):
    """What is to be calculated."""

    pamId = serializers.CharField(source="pam_id", max_length=64)  # noqa: N815  # JSON names are camelCase
    contractId = serializers.CharField(  # noqa: N815
        source="contract_id", max_length=64, required=False, allow_null=True
    )
    asOfDate = DayField(source="as_of_date")  # noqa: N815
    versionPreference = VersionTagField(source="version_preference", required=False)  # noqa: N815
    metadata = serializers.DictField(required=False)


class PageShape(serializers.Serializer[Any]):
    """Which page of a list."""

    page = serializers.IntegerField(min_value=1, max_value=10**9, default=1)
    pageSize = serializers.IntegerField(  # noqa: N815
        source="page_size", min_value=1, max_value=MOST_ON_PAGE, default=100
    )


class ApproveShape(serializers.Serializer[Any]):
    """What the one who approves has to say."""

    comments = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=10_000)


class RejectShape(serializers.Serializer[Any]):
    """Why prices are rejected; the service asks for a text that is not blank."""

    reason = serializers.CharField(default="", allow_blank=True, max_length=10_000)


class OverrideShape(serializers.Serializer[Any]):
    """Another price for one item, and why."""

    itemId = serializers.CharField(source="item_id", max_length=64)  # noqa: N815
    overridePrice = NumberField(source="override_price")  # noqa: N815
    reason = serializers.CharField(default="", allow_blank=True, max_length=10_000)
