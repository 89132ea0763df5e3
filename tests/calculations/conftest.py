"""What the calculation tests share: a tenant with a contract, mechanisms with items, and news that are heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from calculations.models import PAM, CalcBatch, Contract
from calculations.services.create_batch import create_batch
from jobs import Tenant
from jobs.signals import announced
from tests.calculations.graphs import times
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant

DAY = date(2024, 1, 15)


@pytest.fixture
def tenant(db: None, jobs_without_redis: None) -> Tenant:
    """Hand out a tenant."""
    return make_tenant("t1")


@pytest.fixture
def contract(tenant: Tenant) -> Contract:
    """Hand out a contract of the tenant."""
    return make_contract(tenant)


@pytest.fixture
def priced(contract: Contract) -> Callable[..., PAM]:
    """Hand out a maker of mechanisms with an item for each price: `i1`, `i2`, … unless named."""

    def make(*prices: str, graph: dict[str, Any] | None = None, prefix: str = "i") -> PAM:
        pam = make_pam(contract.tenant, graph or times())
        for number, price in enumerate(prices, start=1):
            make_item(pam, contract=contract, item_id=f"{prefix}{number}", price=price)
        return pam

    return make


@pytest.fixture
def queued(priced: Callable[..., PAM]) -> Callable[..., CalcBatch]:
    """Hand out a maker of queued batches of as many items as prices."""

    def make(*prices: str, graph: dict[str, Any] | None = None, prefix: str = "i") -> CalcBatch:
        pam = priced(*prices, graph=graph, prefix=prefix)
        return create_batch(tenant_id=pam.tenant_id, pam_id=pam.pk, as_of_date=DAY).batch

    return make


@pytest.fixture
def news() -> Iterator[list[dict[str, Any]]]:
    """Hand out the list of what is announced while the test runs."""
    heard: list[dict[str, Any]] = []

    def hear(*, type: str, tenant_id: str, key: str, facts: dict[str, Any], **_: object) -> None:  # noqa: A002
        heard.append({"type": type, "tenant": tenant_id, "key": key, "facts": facts})

    announced.connect(hear)
    yield heard
    announced.disconnect(hear)
