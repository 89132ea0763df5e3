"""Batches over HTTP: asked for, looked at, decided on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calculations.models import PAM, CalcBatch
from calculations.services.approve import approve
from calculations.services.execute_batch import execute_batch
from calculations.services.request_approval import request_approval
from jobs import Tenant, get_job_status
from tests.calculations.graphs import graph, node, of_series
from tests.calculations.rows import make_tenant
from tests.callers import caller_of, stranger

PATH = "/api/calculations"
DAY = "2024-01-15"

Make = Callable[..., Any]


@pytest.fixture
def completed(queued: Callable[..., CalcBatch]) -> Callable[..., CalcBatch]:
    """Hand out a maker of batches that have been calculated."""

    def make(*prices: str, graph: dict[str, Any] | None = None) -> CalcBatch:
        batch = queued(*prices, graph=graph)
        execute_batch(tenant_id=batch.tenant_id, batch_id=batch.pk)
        batch.refresh_from_db()
        return batch

    return make


@pytest.fixture
def approved(completed: Callable[..., CalcBatch]) -> CalcBatch:
    """Hand out an approved batch of one item."""
    batch = completed("100")
    request_approval(tenant_id=batch.tenant_id, batch_id=batch.pk, user_id="bob")
    approve(tenant_id=batch.tenant_id, batch_id=batch.pk, user_id="jane")
    return batch


def test_a_batch_is_calculated_and_its_prices_are_texts(
    tenant: Tenant, priced: Callable[..., PAM], jobs_drain: Any
) -> None:
    client = caller_of(tenant, role="ADMIN")
    asked = {"pamId": priced("100", "200.50").pk, "asOfDate": DAY, "versionPreference": "final"}

    created = client.post(PATH, asked)
    jobs_drain()
    path = f"{PATH}/{created.json()['batchId']}"
    status = client.get(path).json()
    page = client.get(f"{path}/results", {"page": 2, "pageSize": 1}).json()

    assert (created.status_code, created.json()["isDuplicate"], created.json()["status"]) == (202, False, "QUEUED")
    assert (status["status"], status["itemsTotal"], status["itemsProcessed"]) == ("COMPLETED", 2, 2)
    assert (page["total"], page["page"], page["pageSize"], page["totalPages"]) == (2, 2, 1, 2)
    assert [(row["basePrice"], row["adjustedPrice"]) for row in page["results"]] == [("200.5", "230.575")]


def test_the_same_request_finds_the_same_batch_and_job(tenant: Tenant, priced: Callable[..., PAM]) -> None:
    client = caller_of(tenant)
    asked = {"pamId": priced("100").pk, "asOfDate": DAY}

    first, second = client.post(PATH, asked), client.post(PATH, asked)

    assert (second.status_code, second.json()["isDuplicate"]) == (200, True)
    assert first.json()["batchId"] == second.json()["batchId"]
    assert get_job_status("calculation", first.json()["jobId"]) is not None
    assert first.json()["jobId"] == second.json()["jobId"]


def test_the_latest_batches_are_listed_for_their_tenant(queued: Callable[..., CalcBatch]) -> None:
    batch = queued("100")

    ours = caller_of(batch.tenant, role="MEMBER").get(PATH).json()["batches"]
    theirs = caller_of(make_tenant("t2")).get(PATH).json()["batches"]

    assert [(line["batchId"], line["pamId"], line["asOfDate"]) for line in ours] == [(batch.pk, batch.pam_id, DAY)]
    assert theirs == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"pamId": "none"}, 404, "PAM_NOT_FOUND"),
        ({"pamId": None}, 400, "INVALID_INPUT"),
        ({"asOfDate": "2024-02-30"}, 400, "INVALID_INPUT"),
        ({"versionPreference": "latest"}, 400, "INVALID_INPUT"),
        ({"metadata": []}, 400, "INVALID_INPUT"),
        ({"metadata": {"a": "\0"}}, 400, "INVALID_METADATA"),
        ({"contractId": "none"}, 422, "NO_ITEMS"),
    ],
)
def test_what_cannot_be_calculated_is_refused(
    tenant: Tenant, priced: Callable[..., PAM], changes: dict[str, Any], status: int, code: str
) -> None:
    answer = caller_of(tenant).post(PATH, {"pamId": priced("100").pk, "asOfDate": DAY} | changes)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not CalcBatch.objects.exists()


def test_the_faults_of_a_graph_are_listed(tenant: Tenant, priced: Callable[..., PAM]) -> None:
    pam = priced("100", graph=graph(node("s", "Factor", series="WTI"), output="nowhere"))

    answer = caller_of(tenant).post(PATH, {"pamId": pam.pk, "asOfDate": DAY})

    assert (answer.status_code, answer.json()["detail"]) == (400, "Invalid graph structure")
    assert [error["code"] for error in answer.json()["details"]["errors"]] == ["MISSING_OUTPUT_NODE"]


def test_numbers_of_the_notes_are_kept_as_written(tenant: Tenant, priced: Callable[..., PAM]) -> None:
    body = f'{{"pamId": "{priced("100").pk}", "asOfDate": "{DAY}", "metadata": {{"rate": 0.12345678901234567891}}}}'

    caller_of(tenant).post(PATH, body, content_type="application/json")

    assert CalcBatch.objects.get().metadata == {"rate": "0.12345678901234567891"}


def test_a_batch_is_cancelled_once(queued: Callable[..., CalcBatch]) -> None:
    batch = queued("100")
    client = caller_of(batch.tenant, role="ADMIN")

    cancelled = client.post(f"{PATH}/{batch.pk}/cancel")
    again = client.post(f"{PATH}/{batch.pk}/cancel")

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "FAILED")
    assert (again.status_code, again.json()["code"]) == (409, "BATCH_NOT_CANCELLABLE")


def test_a_batch_with_failed_items_is_retried(completed: Callable[..., CalcBatch]) -> None:
    batch = completed("100", graph=of_series("WTI"))
    client = caller_of(batch.tenant, role="ADMIN")

    retried = client.post(f"{PATH}/{batch.pk}/retry")
    again = client.post(f"{PATH}/{batch.pk}/retry")

    assert (retried.status_code, retried.json()["status"]) == (200, "QUEUED")
    assert retried.json()["jobId"] == f"calc-{batch.tenant_id}-{batch.pk}-r2"
    assert (again.status_code, again.json()["code"]) == (409, "BATCH_NOT_FAILED")


def test_approval_is_asked_for_rejected_asked_for_again_and_given(completed: Callable[..., CalcBatch]) -> None:
    batch = completed("100", "200")
    path = f"{PATH}/{batch.pk}"
    client = caller_of(batch.tenant, role="ADMIN")

    asked = client.post(f"{path}/request-approval").json()
    rejected = client.post(f"{path}/reject", {"reason": "too high"}).json()
    client.post(f"{path}/request-approval")
    given = client.post(f"{path}/approve", {"comments": "fine"}).json()
    late = client.post(f"{path}/approve")

    assert (asked["status"], asked["batchId"]) == ("PENDING", batch.pk)
    assert (rejected["status"], rejected["comments"]) == ("REJECTED", "too high")
    assert (given["status"], given["comments"], given["itemsApproved"]) == ("APPROVED", "fine", 2)
    assert (late.status_code, late.json()["code"]) == (409, "NO_PENDING_APPROVAL")


def test_a_rejection_needs_a_reason(completed: Callable[..., CalcBatch]) -> None:
    batch = completed("100")

    answer = caller_of(batch.tenant).post(f"{PATH}/{batch.pk}/reject", {"reason": " "})

    assert (answer.status_code, answer.json()["code"]) == (422, "REASON_REQUIRED")


def test_approval_needs_a_completed_batch_with_results(queued: Make, completed: Make) -> None:
    waiting = queued("100", prefix="w")
    empty = completed("100", graph=of_series("WTI"))
    client = caller_of(waiting.tenant)

    early = client.post(f"{PATH}/{waiting.pk}/request-approval")
    nothing = client.post(f"{PATH}/{empty.pk}/request-approval")

    assert (early.status_code, early.json()["code"]) == (409, "BATCH_NOT_COMPLETED")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "NO_RESULTS")


def test_an_override_is_read_exactly(approved: CalcBatch) -> None:
    body = '{"itemId": "i1", "overridePrice": 1234567890123456.123456789012, "reason": "agreed"}'

    answer = caller_of(approved.tenant, role="ADMIN").post(
        f"{PATH}/{approved.pk}/override", body, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["adjustedPrice"]) == (200, "1234567890123456.123456789012")
    assert (answer.json()["originalCalculatedPrice"], answer.json()["overrideReason"]) == ("115", "agreed")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"itemId": "none"}, 404, "RESULT_NOT_FOUND"),
        ({"reason": ""}, 422, "REASON_REQUIRED"),
        ({"overridePrice": "1e5"}, 400, "INVALID_INPUT"),
        ({"overridePrice": True}, 400, "INVALID_INPUT"),
        ({"overridePrice": "10000000000000000"}, 400, "INVALID_PRICE"),
    ],
)
def test_an_override_that_says_nothing_usable_is_refused(
    approved: CalcBatch, changes: dict[str, Any], status: int, code: str
) -> None:
    wanted = {"itemId": "i1", "overridePrice": "1", "reason": "agreed"} | changes

    answer = caller_of(approved.tenant).post(f"{PATH}/{approved.pk}/override", wanted)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_override_waits_for_approval(completed: Callable[..., CalcBatch]) -> None:
    batch = completed("100")
    wanted = {"itemId": "i1", "overridePrice": "1", "reason": "agreed"}

    answer = caller_of(batch.tenant).post(f"{PATH}/{batch.pk}/override", wanted)

    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_APPROVED")


@pytest.mark.parametrize("query", [{"page": 0}, {"pageSize": 1001}, {"page": "x"}, {"page": 10**30}])
def test_a_page_that_cannot_exist_is_refused(queued: Callable[..., CalcBatch], query: dict[str, Any]) -> None:
    batch = queued("100")

    assert caller_of(batch.tenant).get(f"{PATH}/{batch.pk}/results", query).status_code == 400


DEEDS = ["cancel", "retry", "request-approval", "approve", "reject", "override"]


@pytest.mark.parametrize("deed", DEEDS)
def test_members_look_and_change_nothing(queued: Callable[..., CalcBatch], deed: str) -> None:
    batch = queued("100")
    client = caller_of(batch.tenant, role="MEMBER")

    assert client.post(f"{PATH}/{batch.pk}/{deed}").status_code == 403
    assert client.post(PATH, {"pamId": batch.pam_id, "asOfDate": DAY}).status_code == 403
    assert client.get(f"{PATH}/{batch.pk}").status_code == client.get(f"{PATH}/{batch.pk}/results").status_code == 200
    assert stranger().post(f"{PATH}/{batch.pk}/{deed}").status_code == 401


@pytest.mark.parametrize("deed", ["", "/results", *(f"/{deed}" for deed in DEEDS)])
def test_another_tenant_s_batch_is_like_one_that_does_not_exist(queued: Callable[..., CalcBatch], deed: str) -> None:
    batch = queued("100")
    client = caller_of(make_tenant("t2"))
    ask = client.get if deed in ("", "/results") else client.post
    body = {"itemId": "i1", "overridePrice": "1", "reason": "agreed"} if ask == client.post else {}

    theirs = ask(f"{PATH}/{batch.pk}{deed}", body)
    unknown = ask(f"{PATH}/none{deed}", body)

    assert theirs.status_code == unknown.status_code == 404
    assert theirs.json()["detail"].replace(batch.pk, "none") == unknown.json()["detail"]
    assert theirs.json()["code"] == unknown.json()["code"] == "BATCH_NOT_FOUND"


def test_another_tenant_s_mechanism_is_like_one_that_does_not_exist(priced: Callable[..., PAM]) -> None:
    answer = caller_of(make_tenant("t2")).post(PATH, {"pamId": priced("100").pk, "asOfDate": DAY})

    assert (answer.status_code, answer.json()["code"]) == (404, "PAM_NOT_FOUND")
