"""Fields for the domain's own texts: days, version tags, exact numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ingestion.days import read_day
from ingestion.errors import BadCell
from ingestion.numbers import plain, read_number
from ingestion.versions import read_tag


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.Field[date, Any, str, Any]):
    """A calendar day, `YYYY-MM-DD`."""

    def to_internal_value(self, data: Any) -> date:
        """Return the day; raises ValidationError for other forms and days that do not exist."""
        try:
            return read_day(str(data))
        except BadCell as error:
            raise serializers.ValidationError(str(error)) from None

    def to_representation(self, value: date) -> str:
        """Return the day's text."""
        return value.isoformat()


@extend_schema_field(OpenApiTypes.STR)
class VersionTagField(serializers.Field[str, Any, str, Any]):
    """A version tag, short or written out, in any case."""

    def to_internal_value(self, data: Any) -> str:
        """Return the stored form; raises ValidationError."""
        try:
            return read_tag(str(data))
        except BadCell as error:
            raise serializers.ValidationError(str(error)) from None

    def to_representation(self, value: str) -> str:
        """Return the tag."""
        return value


@extend_schema_field(OpenApiTypes.DECIMAL)
class NumberField(serializers.Field[Decimal, Any, str, Any]):
    """An exact number, a JSON number or a plain number text; answered as a text."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the number as written; raises ValidationError."""
        try:
            return read_number(data)
        except BadCell as error:
            raise serializers.ValidationError(str(error)[:200]) from None

    def to_representation(self, value: Decimal) -> str:
        """Return the plain form."""
        return plain(value)
