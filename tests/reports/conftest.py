"""What the report tests share: a batch that has been calculated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from calculations.models import CalcBatch, Item
from calculations.services.approve import approve
from calculations.services.create_batch import create_batch
from calculations.services.execute_batch import execute_batch
from calculations.services.request_approval import request_approval
from jobs import Tenant
from tests.calculations.graphs import graph, node
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant
from tests.ingestion.rows import make_series

DAY = date(2024, 1, 15)
INDEXED = graph(
    node("base", "Factor", input="basePrice"),
    node("wti", "Factor", series="WTI"),
    node("price", "Combine", operation="multiply"),
    edges="base>price wti>price",
)
"""The base price times a ratio that is filled forward from two days before."""

MakeBatch = Callable[..., CalcBatch]


@pytest.fixture
def tenant(db: None, jobs_without_redis: None) -> Tenant:
    """Hand out a tenant whose series has a value two days before the batches' day."""
    made = make_tenant("t1")
    make_series(made, "WTI", {"values": [["2024-01-13", "FINAL", "1.155"]]})
    return made


@pytest.fixture
def calculated(tenant: Tenant) -> MakeBatch:
    """Hand out a maker of completed batches, with an item for each base price: `i1`, `i2`, … of SKU-i1, ...."""

    def make(*prices: str, graph: dict[str, Any] | None = None) -> CalcBatch:
        pam = make_pam(tenant, graph or INDEXED)
        contract = make_contract(tenant, "c1")
        for number, price in enumerate(prices, start=1):
            make_item(pam, contract=contract, item_id=f"i{number}", price=price)
        batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=DAY).batch
        execute_batch(tenant_id=tenant.pk, batch_id=batch.pk)
        batch.refresh_from_db()
        return batch

    return make


@pytest.fixture
def priced(calculated: MakeBatch) -> CalcBatch:
    """Hand out a completed batch of two items."""
    return calculated("100", "200")


def approved(batch: CalcBatch) -> CalcBatch:
    """Have a batch approved."""
    request_approval(tenant_id=batch.tenant_id, batch_id=batch.pk, user_id="bob")
    approve(tenant_id=batch.tenant_id, batch_id=batch.pk, user_id="jane")
    return batch


def rename(item_id: str, **changes: str) -> None:
    """Change what an item is called after the batch has seen it."""
    Item.objects.filter(pk=item_id).update(**changes)
