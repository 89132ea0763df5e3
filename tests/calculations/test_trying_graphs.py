"""Trying a graph on an item and a day: as a batch would price it, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from calculations.models import PAM, CalcBatch, Contract
from jobs import AuditLog, Tenant
from tests.calculations.graphs import graph, node, times
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant
from tests.ingestion.rows import make_series

OIL = graph(
    node("base", "Factor", input="basePrice"),
    node("now", "Factor", series="WTI"),
    node("then", "Factor", value=50),
    node("ratio", "Combine", operation="divide"),
    node("price", "Combine", operation="multiply"),
    edges="now>ratio then>ratio base>price ratio>price",
)


@pytest.fixture
def analyst(admin_client: Client, settings: Any) -> Client:
    """Hand out a signed-in person, on pages served by plain http."""
    settings.SECURE_SSL_REDIRECT = False
    return admin_client


def attempt(
    analyst: Client, raw: object, item: str, day: str = "2024-01-15", pam: PAM | None = None, **form: str
) -> str:
    url = reverse("admin:calculations_pam_try") + (f"?pam={pam.pk}" if pam else "")
    text = raw if isinstance(raw, str) else json.dumps(raw)
    answer = analyst.post(url, {"graph": text, "try_item": item, "try_date": day, "try_version": "FINAL", **form})
    assert answer.status_code == 200
    return answer.content.decode()


def test_try_it_on_this_item_and_date_shows_the_price_every_node_and_the_waterfall_without_saving(
    analyst: Client, priced: Callable[..., PAM]
) -> None:
    pam = priced("100")
    make_series(pam.tenant, "WTI", {"values": [["2024-01-12", "FINAL", "75"]]})

    said = attempt(analyst, OIL, "SKU-i1", pam=pam)

    assert "<strong>150 USD/MT</strong>" in said
    assert "= 1.5<" in said
    assert "Base price 100. base 0. price +50. Calculated price 150." in said
    assert "WTI of 2024-01-12 stands in for 2024-01-15" in said
    pam.refresh_from_db()
    assert pam.graph == times()
    assert not CalcBatch.objects.exists()
    assert not AuditLog.objects.exists()


def test_a_trial_that_fails_says_why_beside_the_node(analyst: Client, priced: Callable[..., PAM]) -> None:
    pam = priced("100")

    missing = attempt(analyst, OIL, "i1", pam=pam)
    clash = attempt(
        analyst,
        graph(
            node("a", "Factor", input="basePrice"),
            node("b", "Factor", value=1, currency="EUR"),
            node("sum", "Combine", operation="add"),
            edges="a>sum b>sum",
        ),
        "i1",
        pam=pam,
    )
    broken = attempt(analyst, times() | {"output": "nowhere"}, "i1", pam=pam)

    assert "SERIES_NOT_FOUND: Series not found: WTI" in missing
    assert "CURRENCY_MISMATCH" in clash
    assert "MISSING_OUTPUT_NODE" in broken


def test_a_trial_reads_numbers_as_they_are_written(analyst: Client, priced: Callable[..., PAM]) -> None:
    pam = priced("1")
    text = json.dumps(times("F")).replace('"F"', "1000000000000.000000000001")

    assert "<strong>1000000000000.000000000001 USD/MT</strong>" in attempt(analyst, text, "i1", pam=pam)


def test_a_graph_that_is_not_saved_yet_is_tried_on_any_item_of_its_tenant(
    analyst: Client, contract: Contract, tenant: Tenant
) -> None:
    make_item(make_pam(tenant, times()), contract=contract, item_id="i1")
    foreign = make_tenant("t2")
    make_item(make_pam(foreign, times()), contract=make_contract(foreign), item_id="theirs")

    ours = attempt(analyst, times(), "SKU-i1", tenant="t1")
    theirs = attempt(analyst, times(), "SKU-theirs", tenant="t1")

    assert "<strong>115 USD/MT</strong>" in ours
    assert "No item has the SKU or id SKU-theirs" in theirs


def test_a_sku_that_contracts_share_needs_an_id(analyst: Client, tenant: Tenant) -> None:
    for number in ("1", "2"):
        item = make_item(make_pam(tenant, times()), contract=make_contract(tenant), item_id=number)
        type(item).objects.filter(pk=number).update(sku="SAME")

    assert "2 items have the SKU SAME; take an id: 1, 2" in attempt(analyst, times(), "SAME", tenant="t1")


def test_the_picture_follows_what_is_written(analyst: Client, priced: Callable[..., PAM]) -> None:
    url = f"{reverse('admin:calculations_pam_draw')}?pam={priced('100').pk}"

    drawn = analyst.post(url, {"graph": json.dumps(times() | {"output": "nowhere"})})
    half = analyst.post(url, {"graph": '{"nodes": ['})

    assert "MISSING_OUTPUT_NODE" in drawn.content.decode()
    assert half.status_code == 204


def test_only_who_may_change_a_mechanism_may_try_it(
    client: Client, settings: Any, priced: Callable[..., PAM], django_user_model: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    reader = django_user_model.objects.create_user("reader", password="secret-secret", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_pam"))
    client.force_login(reader)
    pam = priced("100")

    answers = [client.post(f"{reverse(f'admin:calculations_pam_{name}')}?pam={pam.pk}") for name in ("draw", "try")]

    assert [answer.status_code for answer in answers] == [403, 403]
