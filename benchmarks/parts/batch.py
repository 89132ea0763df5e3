"""Measures a batch of 100,000 items from its creation to its end, on two worker processes."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

from benchmarks.parts import graphs
from benchmarks.parts.process import Figures, children_cpu_s, run_part, wait_until, workers

ITEMS = 100_000
TENANT = "bench"
DAY = date(2024, 1, 15)


def measure() -> Figures:
    """Return the seconds of creation and of all, and the larger worker's peak memory."""
    from calculations.services.batch_status import batch_status
    from calculations.services.create_batch import create_batch

    pam_id = seed("bench-large", ITEMS)
    with workers("calculation") as memory:
        begun = time.monotonic()
        batch = create_batch(tenant_id=TENANT, pam_id=pam_id, as_of_date=DAY).batch
        created = time.monotonic() - begun
        wait_until(lambda: batch_status(tenant_id=TENANT, batch_id=batch.pk).status not in ("QUEUED", "RUNNING"))
        seconds = time.monotonic() - begun
        batch.refresh_from_db()
        assert (batch.status, batch.items_succeeded) == ("COMPLETED", ITEMS)  # noqa: S101
        figures = {"batch_100k_s": seconds, "batch_100k_creation_s": created, "batch_worker_peak_mb": memory()}
    return figures | {"batch_workers_cpu_s": children_cpu_s()}


def seed(pam_id: str, items: int) -> str:
    """Store a mechanism with items, and the one index value that it reads; return its id."""
    from calculations.models import PAM, Contract, Item
    from ingestion.models import IndexSeries, IndexValue
    from jobs import Tenant

    tenant, _ = Tenant.objects.get_or_create(pk=TENANT, defaults={"name": "Bench", "slug": "bench"})
    series, made = IndexSeries.objects.get_or_create(
        tenant=tenant, series_code="PPI", defaults={"name": "PPI", "provider": "BENCH", "data_type": "INDEX"}
    )
    if made:
        IndexValue.objects.create(
            tenant=tenant, series=series, as_of_date=DAY, version_tag="FINAL", value=Decimal("171.35")
        )
    contract = Contract.objects.create(tenant=tenant, name=pam_id, start_date=DAY)
    pam = PAM.objects.create(id=pam_id, tenant=tenant, name=pam_id, graph=graphs.collared())
    Item.objects.bulk_create(
        [
            Item(
                tenant=tenant,
                contract=contract,
                pam=pam,
                sku=f"SKU-{n:06}",
                name=f"Item {n}",
                base_price=Decimal(1_000 + n) / 100,
                base_currency="USD",
                uom="MT",
            )
            for n in range(items)
        ],
        batch_size=5_000,
    )
    return pam.pk


if __name__ == "__main__":
    run_part(measure)
