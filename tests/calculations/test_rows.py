"""What the database itself keeps in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from calculations.models import PAM, CalcBatch, CalcResult, Contract, Item
from calculations.services.execute_batch import execute_batch
from jobs import Tenant
from tests.calculations.graphs import times
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant


def refused(model: Any, **changes: Any) -> bool:
    """Whether the database refuses to change all rows of a model so."""
    try:
        with transaction.atomic():
            model.objects.update(**changes)
    except IntegrityError:
        return True
    return False


def test_rows_hold_only_values_that_mean_something(queued: Callable[..., CalcBatch]) -> None:
    queued("100")

    assert refused(Contract, status="OPEN")
    assert refused(Contract, end_date=date(2023, 12, 31))
    assert not refused(Contract, end_date=date(2024, 1, 1))
    assert refused(Item, uom="")
    assert refused(Item, base_currency="")
    assert refused(PAM, status="LIVE")
    assert refused(CalcBatch, status="CANCELLED")


def test_a_sku_is_unique_in_its_contract(tenant: Tenant, contract: Contract, priced: Callable[..., PAM]) -> None:
    pam = priced("100")
    other = make_item(pam, contract=make_contract(tenant), item_id="i9")
    Item.objects.filter(pk=other.pk).update(sku="SKU-i1")

    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=other.pk).update(contract=contract)


def test_prices_keep_28_digits(tenant: Tenant, contract: Contract) -> None:
    price = "1234567890123456.123456789012"
    item = make_item(make_pam(tenant, times()), contract=contract, price=price)

    item.refresh_from_db()

    assert item.base_price == Decimal(price)


def test_an_item_belongs_to_its_contract_s_and_mechanism_s_tenant(tenant: Tenant, contract: Contract) -> None:
    foreign = make_pam(make_tenant("t2"), times())
    item = make_item(make_pam(tenant, times()), contract=contract)
    item.full_clean()
    item.pam = foreign

    with pytest.raises(ValidationError) as refusal:
        item.full_clean()

    assert set(refusal.value.message_dict) == {"pam"}


@pytest.mark.parametrize("currency", ["usd", "US", "USDX", "U1D", "USD\n"])
def test_a_currency_is_three_capital_letters(tenant: Tenant, contract: Contract, currency: str) -> None:
    item = make_item(make_pam(tenant, times()), contract=contract)
    item.base_currency = currency

    with pytest.raises(ValidationError, match="base_currency"):
        item.full_clean()


def test_results_keep_their_item_and_go_with_their_tenant(
    tenant: Tenant, contract: Contract, queued: Callable[..., CalcBatch]
) -> None:
    execute_batch(tenant_id="t1", batch_id=queued("100").pk)

    with pytest.raises(RestrictedError):
        Item.objects.all().delete()
    with pytest.raises(RestrictedError):
        contract.delete()
    tenant.delete()

    assert not any(model.objects.exists() for model in (Contract, Item, PAM, CalcBatch, CalcResult))
