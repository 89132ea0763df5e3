"""What operators see and do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calculations.models import PAM, CalcBatch, CalcResult, Contract, Item
from calculations.services.execute_batch import execute_batch
from calculations.services.request_approval import request_approval
from jobs import Tenant
from tests.calculations.graphs import graph, node, times
from tests.calculations.rows import make_contract, make_item, make_pam
from tests.calculations.test_executing_batches import QUOTIENT
from tests.ingestion.rows import make_series

Queue = Callable[..., CalcBatch]


@pytest.fixture
def operator(admin_client: Client, settings: Any) -> Client:
    """Hand out a signed-in operator, on pages served by plain http without collected files."""
    settings.SECURE_SSL_REDIRECT = False
    return admin_client


def page(operator: Client, path: str) -> str:
    answer = operator.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def act(operator: Client, action: str, *keys: str) -> str:
    answer = operator.post(
        reverse("admin:calculations_calcbatch_changelist"), {"action": action, "_selected_action": keys}, follow=True
    )
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_lists_ask_the_database_equally_often_however_long_they_are(
    operator: Client, tenant: Tenant, queued: Queue
) -> None:
    models = ("contract", "item", "pam", "calcbatch", "calcresult", "approvalevent")
    counts = []
    for prices in (["100"], ["100", "110", "120"]):
        batch = queued(*prices, prefix=f"batch{len(prices)}-")
        execute_batch(tenant_id="t1", batch_id=batch.pk)
        request_approval(tenant_id="t1", batch_id=batch.pk, user_id="u1")
        make_contract(tenant)
        with CaptureQueriesContext(connection) as captured:
            for model in models:
                page(operator, reverse(f"admin:calculations_{model}_changelist"))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_contract_shows_its_items_some_at_a_time(
    operator: Client, contract: Contract, priced: Callable[..., PAM]
) -> None:
    priced(*["100"] * 45)

    shown = page(operator, reverse("admin:calculations_contract_change", args=[contract.pk]))

    assert 0 < shown.count("SKU-i") <= 2 * 20


def test_a_mechanism_is_saved_and_deleted_through_the_services(operator: Client, tenant: Tenant) -> None:
    add = reverse("admin:calculations_pam_add")
    form = {"tenant": tenant.pk, "name": "Steel", "description": "", "status": "DRAFT", "on_new_values": "all"}
    form["graph"] = json.dumps(times())

    operator.post(add, form)
    pam = PAM.objects.get()
    change = reverse("admin:calculations_pam_change", args=[pam.pk])
    shown = page(operator, change)
    operator.post(change, {**form, "graph": json.dumps(times("1.2"))})
    pam.refresh_from_db()
    version = pam.version
    operator.post(reverse("admin:calculations_pam_delete", args=[pam.pk]), {"post": "yes"})

    assert "basePrice" in shown
    assert version == 2
    assert not PAM.objects.exists()
    assert list(tenant.audit_logs.order_by("created_at").values_list("action", flat=True)) == [
        "CREATE",
        "UPDATE",
        "DELETE",
    ]


def test_everything_that_is_wrong_with_a_graph_is_told_beside_it(operator: Client, tenant: Tenant) -> None:
    make_series(tenant, "A", {"unit": "USD/t"})
    raw = graph(node("a", "Factor"), node("b", "Transform", function="sin"), edges="a>b")
    form = {"tenant": tenant.pk, "name": "Steel", "status": "DRAFT", "graph": json.dumps(raw)}

    answer = operator.post(reverse("admin:calculations_pam_add"), form)

    errors = answer.context["adminform"].form.errors["graph"]
    assert [error.split(":")[0] for error in errors] == ["INVALID_NODE_CONFIG", "INVALID_NODE_CONFIG"]
    assert not PAM.objects.exists()


def test_a_graph_is_drawn_on_its_page_and_a_refused_one_with_what_is_wrong(operator: Client, tenant: Tenant) -> None:
    pam = make_pam(tenant, times())
    url = reverse("admin:calculations_pam_change", args=[pam.pk])
    raw = graph(node("</script><b>", "Transform", function="sin"))

    drawn = page(operator, url)
    refused = operator.post(url, {"name": "Steel", "status": "DRAFT", "graph": json.dumps(raw)}).content.decode()

    pam.refresh_from_db()
    assert "Combine price takes base, m." in drawn
    assert "Transform &lt;/script&gt;&lt;b&gt;." in refused
    assert ">INVALID_NODE_CONFIG</text>" in refused
    assert pam.graph == times()


def test_a_warning_about_a_graph_is_told_after_saving(operator: Client, tenant: Tenant) -> None:
    raw = graph(node("a", "Factor", value=1), node("b", "Factor", value=2))
    form = {"tenant": tenant.pk, "name": "Steel", "status": "DRAFT", "on_new_values": "all", "graph": json.dumps(raw)}

    answer = operator.post(reverse("admin:calculations_pam_add"), form, follow=True)

    assert "UNREACHABLE_NODE" in answer.content.decode()


def test_a_mechanism_with_batches_is_not_deleted(operator: Client, queued: Queue) -> None:
    batch = queued("100")

    operator.post(reverse("admin:calculations_pam_delete", args=[batch.pam_id]), {"post": "yes"})

    assert PAM.objects.filter(pk=batch.pam_id).exists()


def test_an_item_takes_its_contract_s_tenant(operator: Client, contract: Contract, priced: Callable[..., PAM]) -> None:
    pam = priced("100")
    form = {
        "contract": contract.pk,
        "sku": "NEW",
        "name": "New",
        "base_price": "12.5",
        "base_currency": "EUR",
        "uom": "t",
        "pam": pam.pk,
        "fx_policy": "EOP",
    }

    operator.post(reverse("admin:calculations_item_add"), form)
    again = operator.post(reverse("admin:calculations_item_add"), form)

    item = Item.objects.get(sku="NEW")
    assert item.tenant == contract.tenant
    assert "sku" in again.context["adminform"].form.errors


def test_an_item_does_not_take_a_mechanism_of_another_tenant(operator: Client, priced: Callable[..., PAM]) -> None:
    pam = priced("100")
    item = Item.objects.get()
    item.delete()
    pam.tenant = Tenant.objects.create(name="Other", slug="other")
    pam.save()
    contract = Contract.objects.get()
    make_item(pam, contract=contract, item_id="x")
    form = {
        "contract": contract.pk,
        "sku": "NEW",
        "name": "New",
        "base_price": "1",
        "base_currency": "EUR",
        "uom": "t",
        "pam": pam.pk,
        "fx_policy": "EOP",
    }

    answer = operator.post(reverse("admin:calculations_item_add"), form)

    assert "pam" in answer.context["adminform"].form.errors


def test_a_batch_shows_what_failed_and_links_to_its_results(operator: Client, queued: Queue) -> None:
    batch = queued("100", "0", graph=QUOTIENT)
    execute_batch(tenant_id="t1", batch_id=batch.pk)
    CalcBatch.objects.update(
        warnings=[{"itemId": "i1", "seriesCode": "<WTI>", "actualDate": "2024-01-12", "requestedDate": "2024-01-15"}]
    )

    shown = page(operator, reverse("admin:calculations_calcbatch_change", args=[batch.pk]))
    results = page(operator, f"{reverse('admin:calculations_calcresult_changelist')}?batch__id__exact={batch.pk}")

    assert "SKU-i2: Division by zero in node q (DIVISION_BY_ZERO)" in shown
    assert "DIVISION_BY_ZERO: 1<" in shown
    assert "2 of 2 items: 1 succeeded, 1 failed" in shown
    assert "&lt;WTI&gt;" in shown
    assert f"batch__id__exact={batch.pk}" in shown
    assert "SKU-i1" in results


def test_a_result_shows_how_it_came_about(operator: Client, queued: Queue) -> None:
    execute_batch(tenant_id="t1", batch_id=queued("100").pk)

    shown = page(operator, reverse("admin:calculations_calcresult_change", args=[CalcResult.objects.get().pk]))

    assert "Combine: multiply" in shown
    assert "Base price 100. base 0. price +15. Calculated price 115." in shown


def test_operators_cancel_and_retry_batches_and_are_told_what_cannot_be(operator: Client, queued: Queue) -> None:
    batch = queued("100")

    answers = [act(operator, action, batch.pk) for action in ("cancel", "cancel", "retry", "retry")]

    assert [
        word in answer
        for word, answer in zip(
            ["is cancelled", "cannot be cancelled", "queued again", "cannot be retried"], answers, strict=True
        )
    ] == [True] * 4
    batch.refresh_from_db()
    assert (batch.status, batch.run) == ("QUEUED", 2)


def test_actions_need_the_permission_to_change_batches(
    client: Client, settings: Any, queued: Queue, django_user_model: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    batch = queued("100")
    reader = django_user_model.objects.create_user("reader", password="secret-secret", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_calcbatch"))
    client.force_login(reader)

    act(client, "cancel", batch.pk)

    batch.refresh_from_db()
    assert batch.status == "QUEUED"
