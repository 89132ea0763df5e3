"""Fills the demo's database: tenants, series, contracts with their items and formulas, webhook endpoints."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from calculations.models import PAM, Contract, ContractStatus, Item, PamStatus
from ingestion.services.reference_series import create_reference_series
from jobs import Tenant
from jobs_project.demo.portfolio import BUYERS, Agreement, Buyer
from webhooks.services.endpoints import create_endpoint
from webhooks.services.secrets import show_secret

STARTS = date(2025, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """One tenant as the journey needs it."""

    tenant_id: str
    name: str
    pam_ids: tuple[str, ...]
    items: int
    secret: str


def seed(receiver_url: str) -> tuple[Seeded, ...]:
    """Create all tenants, each with an endpoint at the receiver that hears of finished batches."""
    return tuple(_seed_buyer(buyer, receiver_url) for buyer in BUYERS)


@transaction.atomic
def _seed_buyer(buyer: Buyer, receiver_url: str) -> Seeded:
    tenant = Tenant.objects.create(name=buyer.name, slug=buyer.slug)
    create_reference_series(tenant_id=tenant.pk)
    endpoint = create_endpoint(
        tenant_id=tenant.pk,
        url=receiver_url,
        event_types=["calc.batch.completed"],
        description="The demo's receiver",
    )
    return Seeded(
        tenant_id=tenant.pk,
        name=buyer.name,
        pam_ids=tuple(_seed_agreement(agreement, tenant) for agreement in buyer.agreements),
        items=sum(agreement.items for agreement in buyer.agreements),
        secret=show_secret(tenant_id=tenant.pk, endpoint_id=endpoint.pk),
    )


def _seed_agreement(agreement: Agreement, tenant: Tenant) -> str:
    """Create the contract, its formula and its items, and return the formula's id."""
    contract = Contract.objects.create(
        tenant=tenant,
        name=agreement.name,
        counterparty=agreement.counterparty,
        status=ContractStatus.ACTIVE,
        start_date=STARTS,
    )
    pam = PAM.objects.create(
        tenant=tenant,
        name=agreement.formula,
        status=PamStatus.ACTIVE,
        graph=agreement.graph,
    )
    Item.objects.bulk_create(
        Item(
            tenant=tenant,
            contract=contract,
            pam=pam,
            sku=f"{agreement.prefix}-{number + 1:04d}",
            name=agreement.item_name(number),
            base_price=agreement.price(number),
            base_currency=agreement.currency,
            uom=agreement.unit,
        )
        for number in range(agreement.items)
    )
    return pam.pk
