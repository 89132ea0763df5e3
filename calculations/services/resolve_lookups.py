"""Asks the index data what a graph wants to know, each question once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from calculations.graph.lookups import Answer, Found, LookupKey, Missing
from ingestion.errors import LookupFailed
from ingestion.services.lookup import look_up


def resolve_lookups(
    *, tenant_id: str, keys: Iterable[LookupKey], as_of_date: date, version_preference: str
) -> dict[LookupKey, Answer]:
    """Return an answer for each key, values at full precision; nothing found is an answer too; two queries a key."""
    return {key: _ask(tenant_id, key, as_of_date, version_preference) for key in keys}


def _ask(tenant_id: str, key: LookupKey, as_of_date: date, version_preference: str) -> Answer:
    try:
        found = look_up(
            tenant_id=tenant_id,
            series_code=key.series,
            as_of_date=as_of_date,
            version_preference=version_preference,
            lag_days=key.lag_days,
            operation=key.operation,
        )
    except LookupFailed as error:
        return Missing(code=error.code, message=error.message)
    return Found(
        value=found.value,
        version_tag=found.version_tag,
        requested_date=found.requested_date,
        actual_date=found.actual_date,
        gap_days=found.gap_days,
        count=found.count,
    )
