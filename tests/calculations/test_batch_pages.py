"""What an analyst does with a batch: start it, look at what it changes, approve, reject, override."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from calculations.models import PAM, ApprovalEvent, CalcBatch, CalcResult
from calculations.picture.histogram import draw_histogram
from calculations.services.approve import approve
from calculations.services.execute_batch import execute_batch
from calculations.services.request_approval import request_approval
from jobs import AuditLog
from tests.calculations.rows import make_contract, make_tenant
from tests.calculations.test_executing_batches import QUOTIENT
from tests.ingestion.pictures import read_picture

Queue = Callable[..., CalcBatch]


@pytest.fixture
def analyst(admin_client: Client, settings: Any) -> Client:
    """Hand out a signed-in person, on pages served by plain http without collected files."""
    settings.SECURE_SSL_REDIRECT = False
    return admin_client


@pytest.fixture
def completed(queued: Queue) -> CalcBatch:
    """Hand out a batch of two prices."""
    batch = queued("100", "200")
    execute_batch(tenant_id="t1", batch_id=batch.pk)
    return batch


def show(analyst: Client, name: str, key: str) -> str:
    answer = analyst.get(reverse(f"admin:calculations_{name}", args=[key]))
    assert answer.status_code == 200
    return answer.content.decode()


def step(analyst: Client, batch: CalcBatch, name: str, words: str = "") -> str:
    url = reverse("admin:calculations_calcbatch_step", args=[batch.pk])
    answer = analyst.post(url, {"step": name, "words": words}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_batch_is_requested_rejected_with_a_reason_and_approved_on_its_page(
    analyst: Client, completed: CalcBatch
) -> None:
    asked = step(analyst, completed, "request_approval")
    unsaid = step(analyst, completed, "reject", "  ")
    rejected = step(analyst, completed, "reject", "WTI looks wrong")
    step(analyst, completed, "request_approval")
    approved = step(analyst, completed, "approve", "checked with ERP")

    assert "waits for approval" in asked
    assert 'value="approve"' in asked
    assert "A reason is required" in unsaid
    assert "WTI looks wrong" in rejected
    assert "checked with ERP" in approved
    assert 'name="step"' not in approved
    assert set(CalcResult.objects.values_list("is_approved", flat=True)) == {True}
    assert list(AuditLog.objects.filter(entity_id=completed.pk).order_by("pk").values_list("action", flat=True)) == [
        "CREATE",
        "CALCULATE",
        "REQUEST_APPROVAL",
        "REJECT",
        "REQUEST_APPROVAL",
        "APPROVE",
    ]


def test_the_audit_log_tells_from_where_a_batch_was_approved(analyst: Client, completed: CalcBatch) -> None:
    url = reverse("admin:calculations_calcbatch_step", args=[completed.pk])

    analyst.post(url, {"step": "request_approval"}, REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Firefox/144.0")

    entry = AuditLog.objects.get(action="REQUEST_APPROVAL")
    assert (entry.ip_address, entry.user_agent) == ("192.0.2.7", "Firefox/144.0")
    calculated = AuditLog.objects.get(action="CALCULATE")
    assert (calculated.ip_address, calculated.user_agent) == (None, None)


def test_a_price_of_an_approved_batch_is_overridden_with_a_reason_on_its_page(
    analyst: Client, completed: CalcBatch
) -> None:
    result = CalcResult.objects.get(item_id="i1")
    url = reverse("admin:calculations_calcresult_override", args=[result.pk])
    early = analyst.post(url, {"price": "99.5", "reason": "agreed"}, follow=True).content.decode()
    request_approval(tenant_id="t1", batch_id=completed.pk, user_id="bob")
    approve(tenant_id="t1", batch_id=completed.pk, user_id="ann")
    offered = show(analyst, "calcresult_change", result.pk)

    wrong = analyst.post(url, {"price": "1e3", "reason": "agreed"}, follow=True).content.decode()
    done = analyst.post(url, {"price": "99.123456789012", "reason": "agreed"}, follow=True).content.decode()

    assert "has not been approved" in early
    assert 'id="override-price"' in offered
    assert "Not a price: 1e3" in wrong
    assert "is overridden" in done
    result.refresh_from_db()
    assert (str(result.adjusted_price), result.override_reason) == ("99.123456789012", "agreed")


def test_a_price_shows_the_graph_with_the_value_of_every_node(analyst: Client, completed: CalcBatch) -> None:
    shown = show(analyst, "calcresult_change", CalcResult.objects.get(item_id="i1").pk)

    assert "= 115 USD/MT" in shown
    assert "= 1.15<" in shown


def test_a_batch_is_started_from_the_admin_and_the_same_inputs_lead_to_the_same_batch(
    analyst: Client, priced: Callable[..., PAM]
) -> None:
    pam = priced("100")
    url = reverse("admin:calculations_calcbatch_calculate")
    form = {"pam": pam.pk, "as_of_date": "2024-01-15", "version_preference": "FINAL"}
    empty = PAM.objects.create(tenant=pam.tenant, name="Empty", graph=pam.graph)
    foreign = make_contract(make_tenant("t2"))

    first = analyst.post(url, form, follow=True)
    again = analyst.post(url, form, follow=True)
    refused = analyst.post(url, {**form, "pam": empty.pk})
    strange = analyst.post(url, {**form, "contract": foreign.pk})

    batch = CalcBatch.objects.get()
    page = reverse("admin:calculations_calcbatch_change", args=[batch.pk])
    assert first.redirect_chain == again.redirect_chain == [(page, 302)]
    assert "1 items are being calculated" in first.content.decode()
    assert "nothing was calculated again" in again.content.decode()
    assert "No items for PAM" in refused.content.decode()
    assert "This belongs to another tenant." in strange.content.decode()


def test_progress_is_asked_for_again_until_the_batch_has_ended(analyst: Client, queued: Queue) -> None:
    batch = queued("100", "0", graph=QUOTIENT)
    url = reverse("admin:calculations_calcbatch_live", args=[batch.pk])

    before = analyst.get(url)
    execute_batch(tenant_id="t1", batch_id=batch.pk)
    after = analyst.get(url)

    assert "0 of 2 items" in before.content.decode()
    assert "load delay:2s" in before.content.decode()
    assert (after.status_code, after.headers["HX-Refresh"]) == (204, "true")
    assert "load delay:2s" not in show(analyst, "calcbatch_change", batch.pk)


def test_before_approving_one_sees_how_far_prices_move_and_which_most(analyst: Client, completed: CalcBatch) -> None:
    CalcResult.objects.filter(item_id="i2").update(adjusted_price=150)

    spread = show(analyst, "calcbatch_spread", completed.pk)

    assert "2 items move by -25.00 % to 15.00 %" in spread
    assert "200 to 150 USD (-25.00 %)" in spread
    assert spread.index("100 to 115 USD (+15.00 %)") < spread.index("200 to 150 USD")


def test_prices_in_another_currency_are_not_compared(analyst: Client, completed: CalcBatch) -> None:
    CalcResult.objects.update(adjusted_currency="EUR")

    assert "2 prices cannot be compared" in show(analyst, "calcbatch_spread", completed.pk)


@pytest.mark.parametrize("percents", [[5.0], [0.0, 0.0], [-10.0, 0.0, 10.0], [1e-9, 2e-9]])
def test_every_item_stands_in_a_bar(percents: list[float]) -> None:
    picture = read_picture(draw_histogram(percents, title="Changes"))

    told = [str(title.text) for title in picture.iter() if title.tag.endswith("title")][1:]
    assert sum(int(text.split(": ")[1].split()[0]) for text in told) == len(percents)


def test_steps_and_overrides_need_the_permission_to_change(
    client: Client, settings: Any, completed: CalcBatch, django_user_model: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = False
    reader = django_user_model.objects.create_user("reader", password="secret-secret", is_staff=True)
    wanted = ["view_calcbatch", "view_calcresult"]
    reader.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    client.force_login(reader)
    result = CalcResult.objects.all()[0]

    shown = show(client, "calcbatch_change", completed.pk)
    answers = [
        client.post(reverse("admin:calculations_calcbatch_step", args=[completed.pk]), {"step": "request_approval"}),
        client.post(reverse("admin:calculations_calcresult_override", args=[result.pk]), {"price": "1", "reason": "r"}),
        client.get(reverse("admin:calculations_calcbatch_calculate")),
    ]

    assert 'name="step"' not in shown
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert not ApprovalEvent.objects.exists()
