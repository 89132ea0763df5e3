"""Makes contracts, mechanisms, items and batches for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from calculations.graph.json_text import storable
from calculations.models import PAM, Contract, Item
from jobs import Tenant, new_id


def make_tenant(tenant_id: str | None = None) -> Tenant:
    """Return a stored tenant."""
    key = tenant_id or new_id()
    return Tenant.objects.get_or_create(id=key, defaults={"name": f"Tenant {key}", "slug": f"tenant-{key}"})[0]


def make_contract(tenant: Tenant, contract_id: str | None = None) -> Contract:
    """Return a stored contract, the one that is there if its id is known."""
    key = contract_id or new_id()
    facts = {"tenant": tenant, "name": f"Contract {key}", "start_date": date(2024, 1, 1)}
    return Contract.objects.get_or_create(id=key, defaults=facts)[0]


def make_pam(tenant: Tenant, graph: Mapping[str, Any], pam_id: str | None = None) -> PAM:
    """Return a stored mechanism; its graph is not judged."""
    key = pam_id or new_id()
    return PAM.objects.create(id=key, tenant=tenant, name=f"PAM {key}", graph=storable(graph))


def make_item(
    pam: PAM,
    *,
    contract: Contract,
    item_id: str | None = None,
    price: str = "100",
    currency: str = "USD",
    uom: str = "MT",
) -> Item:
    """Return a stored item that the mechanism prices."""
    key = item_id or new_id()
    return Item.objects.create(
        id=key,
        tenant=pam.tenant,
        contract=contract,
        pam=pam,
        sku=f"SKU-{key}",
        name=f"Item {key}",
        base_price=Decimal(price),
        base_currency=currency,
        uom=uom,
    )
