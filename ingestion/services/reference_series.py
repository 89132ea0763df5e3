"""Creates the series of the public index data."""

from __future__ import annotations

from ingestion.data.reference import REFERENCE_SERIES
from ingestion.models import IndexSeries


def create_reference_series(*, tenant_id: str) -> list[IndexSeries]:
    """Return a tenant's series for the files of `ingestion.data.reference`, created where missing.

    A series of the same code that is there already stays as it is. The values are loaded with `upload_csv`.
    """
    IndexSeries.objects.bulk_create(
        (
            IndexSeries(
                tenant_id=tenant_id,
                series_code=series.code,
                name=series.name,
                provider=series.provider,
                data_type=series.data_type,
                frequency=series.frequency,
                unit=series.unit,
            )
            for series in REFERENCE_SERIES
        ),
        ignore_conflicts=True,
    )
    codes = [series.code for series in REFERENCE_SERIES]
    return list(IndexSeries.objects.filter(tenant_id=tenant_id, series_code__in=codes))
