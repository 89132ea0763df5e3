"""Starts the batches of mechanisms whose series have new values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Max, Min

from calculations.errors import CalculationRefused
from calculations.graph.errors import InvalidGraph
from calculations.graph.series_codes import series_codes
from calculations.models import PAM, CalcBatch, OnNewValues
from calculations.services.create_batch import create_batch
from ingestion.models import IndexValue, IngestionRun
from ingestion.versions import VersionTag

MOST_AGAIN = 50
"""Earlier batches of a mechanism that are calculated again, the latest days first."""


class Wanted(NamedTuple):
    """One batch to be."""

    as_of_date: date
    contract_id: str | None
    version_preference: str


class Changed(NamedTuple):
    """The days of a mechanism's series that a load has written."""

    first: date
    last: date


def recalculate(*, tenant_id: str, ingestion_id: str) -> list[str]:
    """Create the batches that follow from a load, as each mechanism wants it, and return the new ones' ids.

    A value counts as changed by the load if it was written since the load began: another load's at the same time may
    be among them, which starts a batch early and none twice. A batch whose inputs are the same is not made again, so
    that repeating all this changes nothing. A mechanism that cannot be calculated is passed over.
    """
    run = IngestionRun.objects.filter(pk=ingestion_id, tenant=tenant_id).first()
    if run is None or run.started_at is None:
        return []
    made: list[str] = []
    for pam in PAM.objects.filter(tenant=tenant_id).exclude(on_new_values=OnNewValues.NOTHING).order_by("pk"):
        changed = _changed(pam, run)
        if changed is None:
            continue
        for wanted in _wanted(pam, changed):
            try:
                created = create_batch(
                    tenant_id=tenant_id,
                    pam_id=pam.pk,
                    as_of_date=wanted.as_of_date,
                    contract_id=wanted.contract_id,
                    version_preference=wanted.version_preference,
                    metadata={"ingestionId": ingestion_id},
                    user_id="new-values",
                )
            except (CalculationRefused, InvalidGraph):
                continue
            if not created.is_duplicate:
                made.append(created.batch.pk)
    return made


def _changed(pam: PAM, run: IngestionRun) -> Changed | None:
    """Return the span of days that changed in the series that the graph names, None for no day."""
    values = IndexValue.objects.filter(
        series__tenant=pam.tenant_id, series__series_code__in=series_codes(pam.graph), updated_at__gte=run.started_at
    )
    days = values.aggregate(first=Min("as_of_date"), last=Max("as_of_date"))
    return Changed(days["first"], days["last"]) if days["first"] else None


def _wanted(pam: PAM, changed: Changed) -> Iterator[Wanted]:
    """Yield the latest changed day, then earlier batches that the change may concern, each question once."""
    latest = Wanted(changed.last, None, VersionTag.FINAL)
    yield latest
    if pam.on_new_values != OnNewValues.ALL:
        return
    earlier = CalcBatch.objects.filter(tenant=pam.tenant_id, pam=pam, as_of_date__gte=changed.first)
    asked = earlier.values_list("as_of_date", "contract_id", "version_preference").distinct().order_by("-as_of_date")
    yield from (wanted for wanted in map(Wanted._make, asked[:MOST_AGAIN]) if wanted != latest)
