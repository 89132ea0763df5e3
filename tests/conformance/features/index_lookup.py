"""Runs the conformance cases about index lookups on rows in the database."""

from datetime import date
from typing import Any

from ingestion.errors import LookupFailed
from ingestion.numbers import dec
from ingestion.services.lookup import look_up
from jobs import Tenant, new_id
from tests.ingestion.rows import make_series


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Store the case's series for a new tenant and look up its query."""
    tenant = Tenant.objects.create(name="Conformance", slug=f"conformance-{new_id()}")
    for code, facts in case["series"].items():
        make_series(tenant, code, facts)
    query = case["query"]
    try:
        found = look_up(
            tenant_id=tenant.id,
            series_code=query["seriesCode"],
            as_of_date=date.fromisoformat(query["asOfDate"]),
            version_preference=query.get("versionPreference"),
            lag_days=query.get("lagDays", 0),
            operation=query.get("operation", "value"),
        )
    except LookupFailed as error:
        return {"error": error.code}
    return {
        "value": dec(found.value),
        "versionTag": found.version_tag,
        "requestedDate": found.requested_date.isoformat(),
        "actualDate": found.actual_date.isoformat(),
        "gapDays": found.gap_days,
        "count": found.count,
        "warning": found.warning,
    }
