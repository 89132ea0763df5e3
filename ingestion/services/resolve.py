"""Finds the series that rows name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from ingestion.models import DataType, Frequency, IndexSeries
from jobs import new_id, write_audits

LONGEST_CODE = 64
CSV_PROVIDER = "CSV"


class KnownSeries(NamedTuple):
    """What storing a row needs to know of its series."""

    id: str
    is_rate: bool


def resolve_series(
    *, tenant_id: str, codes: Iterable[str], create_missing: bool, user_id: str, correlation_id: str
) -> dict[str, KnownSeries]:
    """Return the tenant's series of these codes, locked until the transaction ends; unknown codes are left out.

    The lock makes loads of the same series take turns, so that each sees what the other stored. A missing series is
    created on demand, unless its code is too long for one.
    """
    wanted = set(codes)
    known = _lock(tenant_id, wanted)
    missing = sorted(code for code in wanted - known.keys() if len(code) <= LONGEST_CODE)
    if not (create_missing and missing):
        return known
    created = _create(tenant_id, missing)
    known |= _lock(tenant_id, missing)  # another load may have been faster: then its series count, not ours
    write_audits(
        {
            "tenant_id": tenant_id,
            "action": "CREATE",
            "entity_type": "INDEX_SERIES",
            "entity_id": known[code].id,
            "user_id": user_id,
            "correlation_id": correlation_id,
            "metadata": {"seriesCode": code},
        }
        for code in missing
        if known[code].id == created[code]
    )
    return known


def read_series(*, tenant_id: str, codes: Iterable[str]) -> dict[str, KnownSeries]:
    """Return the tenant's series of these codes, for who stores nothing."""
    return _known(IndexSeries.objects.all(), tenant_id, codes)


def _lock(tenant_id: str, codes: Iterable[str]) -> dict[str, KnownSeries]:
    """Read the series in the order of their keys, so that two loads never wait for each other in a circle."""
    # values may be inserted meanwhile, say by an admin
    return _known(IndexSeries.objects.select_for_update(no_key=True), tenant_id, codes)


def _known(series: QuerySet[IndexSeries], tenant_id: str, codes: Iterable[str]) -> dict[str, KnownSeries]:
    found = series.filter(tenant_id=tenant_id, series_code__in=codes).order_by("pk")
    rows = found.values_list("series_code", "pk", "data_type")
    return {code: KnownSeries(pk, data_type == DataType.FX) for code, pk, data_type in rows}


def _create(tenant_id: str, codes: Iterable[str]) -> dict[str, str]:
    """Insert the series that nobody else has inserted meanwhile, and return the ids meant for them."""
    ids = {code: new_id() for code in codes}
    IndexSeries.objects.bulk_create(
        (
            IndexSeries(
                id=id_,
                tenant_id=tenant_id,
                series_code=code,
                name=code,
                provider=CSV_PROVIDER,
                data_type=DataType.INDEX,
                frequency=Frequency.DAILY,
            )
            for code, id_ in ids.items()
        ),
        ignore_conflicts=True,
    )
    return ids
