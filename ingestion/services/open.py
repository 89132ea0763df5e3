"""Makes the run that a job's payload asks for."""

from __future__ import annotations

from ingestion.errors import TenantNotFound
from ingestion.models import IngestionRun
from ingestion.payloads import IngestIndexData
from ingestion.services.run import find_run
from ingestion.versions import read_tag
from jobs import Tenant


def open_run(*, payload: IngestIndexData, run_id: str) -> IngestionRun:
    """Return the payload's uploaded run, or the run of this id with the payload's points, made on first use.

    The id is the job's own, so that the job finds its run again when it is repeated. Raises `TenantNotFound`,
    `RunNotFound` or `TenantMismatch`.
    """
    if payload.upload_id is not None:
        return find_run(run_id=payload.upload_id, tenant_id=payload.tenant_id)
    if not Tenant.objects.filter(pk=payload.tenant_id).exists():
        raise TenantNotFound(payload.tenant_id)
    IngestionRun.objects.get_or_create(
        id=run_id,
        defaults={
            "tenant_id": payload.tenant_id,
            "source": payload.source,
            "provider": payload.source.upper(),
            "series_code": payload.series_code,
            "as_of_date": payload.as_of_date,
            "version_tag": read_tag(payload.version_tag) if payload.version_tag else None,
            "points": None if payload.data is None else payload.data_as_json(),
        },
    )
    return find_run(run_id=run_id, tenant_id=payload.tenant_id)
