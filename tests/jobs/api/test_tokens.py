"""Tokens: what they leave of their owner's rights, where they are made, used and revoked."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from jobs import AuditLog
from jobs.errors import InvalidOption, NotPermitted, UnknownQueue
from jobs.models import ApiToken, Membership, Tenant
from jobs.operator import Operator
from jobs.permissions import SCOPES, Deed
from jobs.services.tokens import create_token
from jobs.states import State
from tests.jobs.rows import a_job

pytestmark = pytest.mark.django_db

JOB = "/api/jobs/calculation/j"
RETRY = f"{JOB}/retry"


@pytest.fixture
def root() -> User:
    """Hand out a superuser who is an owner in two tenants."""
    user = User.objects.create_superuser("root", password="p")
    for slug in ("acme", "umbrella"):
        Membership.objects.create(user=user, tenant=Tenant.objects.create(pk=slug, slug=slug, name=slug), role="OWNER")
    return user


def _client(owner: User, *scopes: str, **limits: Any) -> APIClient:
    _, text = create_token(owner, name="t", scopes=scopes, **limits)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {text}")


@pytest.mark.parametrize(
    ("scopes", "reads", "retries", "writes"),
    [
        (["read"], 200, 403, 403),
        (["operate"], 403, 200, 403),
        (["enqueue"], 403, 403, 404),
        (["read", "operate", "enqueue"], 200, 200, 404),
        (["admin"], 200, 200, 404),
    ],
)
def test_scopes_of_a_token_leave_a_part_of_its_owner_s_rights(
    root: User, scopes: list[str], reads: int, retries: int, writes: int
) -> None:
    a_job(State.FAILED, job_id="j")
    client = _client(root, *scopes, tenant=Tenant.objects.get(pk="acme"))
    batch = {"pamId": "unknown", "asOfDate": "2024-01-15"}

    assert client.get("/api/jobs/metrics").status_code == reads
    assert client.post("/api/calculations", batch).status_code == writes

    all_tenants = _client(root, *scopes)
    assert all_tenants.post(RETRY).status_code == retries


def test_a_token_s_scopes_give_nothing_that_its_owner_has_not() -> None:
    a_job(State.FAILED, job_id="j")

    assert _client(User.objects.create_user("ada"), "admin").get(JOB).status_code == 403


def test_a_token_that_is_bound_to_a_tenant_sees_no_other(root: User) -> None:
    a_job(State.FAILED, job_id="j", tenant="umbrella")
    a_job(State.FAILED, job_id="ours", tenant="acme")
    client = _client(root, "read", tenant=Tenant.objects.get(pk="acme"))

    assert client.get(JOB).status_code == 404
    assert client.get("/api/jobs/metrics").json()["metrics"]["calculation"]["failed"] == 1
    assert client.get("/api/calculations").status_code == 200
    assert client.get("/api/calculations", headers={"X-Tenant": "umbrella"}).status_code == 403
    assert client.get("/api/jobs/workers").status_code == client.get("/api/jobs/figures").status_code == 403


def test_a_token_that_is_limited_to_a_queue_reaches_no_other(root: User) -> None:
    a_job(State.FAILED, job_id="j")
    a_job(State.FAILED, job_id="r", queue="reports")
    client = _client(root, "admin", queues=["reports"], tenant=Tenant.objects.get(pk="acme"))
    everywhere = _client(root, "admin", queues=["reports"])

    assert list(client.get("/api/jobs/metrics").json()["metrics"]) == ["reports"]
    assert everywhere.get(JOB).status_code == 404
    assert everywhere.post("/api/jobs/reports/r/retry").status_code == 200
    assert everywhere.post("/api/jobs/calculation/retry-failed").status_code == 403
    assert client.get("/api/calculations").status_code == 403
    assert client.get("/api/audit/export").status_code == 403


def test_a_token_s_last_use_is_known_to_the_minute(root: User) -> None:
    client = _client(root, "read")

    client.get("/api/jobs/metrics")
    first = ApiToken.objects.get().last_used_at
    client.get("/api/jobs/metrics")
    second = ApiToken.objects.get().last_used_at
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    client.get("/api/jobs/metrics")

    assert first == second
    assert ApiToken.objects.filter(last_used_at__gt=timezone.now() - timedelta(minutes=1)).exists()


@pytest.mark.parametrize("header", ["Bearer \xff\xfe", "Bearer", "Bearer a b", "Bearer " + "a" * 5_000])
def test_a_header_that_is_no_token_is_refused(header: str) -> None:
    answer = APIClient(HTTP_AUTHORIZATION=header).get("/api/jobs/metrics")

    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")


def test_a_token_is_made_in_the_admin_shown_once_and_revoked(root: User) -> None:
    person = Client()
    person.force_login(root)

    made = person.post("/admin/jobs/apitoken/add/", {"name": "nightly", "scopes": ["read"], "days": 30})
    text = made.content.decode().split('<code id="token">')[1].split("<")[0]
    limits = ApiToken.objects.get()
    pages = [person.get(f"/admin/jobs/apitoken/{page}").content.decode() for page in ("", f"{limits.pk}/change/")]

    assert "no-store" in made.headers["cache-control"]
    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {text}").get("/api/jobs/metrics").status_code == 200
    assert all("nightly" in page and text not in page for page in pages)

    person.post(f"/admin/jobs/apitoken/{limits.pk}/delete/", {"post": "yes"})

    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {text}").get("/api/jobs/metrics").status_code == 401
    assert not AuthToken.objects.exists()
    told = AuditLog.objects.filter(entity_type="TOKEN").order_by("created_at").values_list("action", "user_id")
    assert list(told) == [("CREATE", str(root.pk)), ("REVOKE", str(root.pk))]
    assert text not in str(list(AuditLog.objects.values()))


def test_people_make_tokens_for_themselves_only(root: User) -> None:
    ada = User.objects.create_user("ada")
    by = Operator(user_id="ada", user=ada)

    create_token(ada, name="mine", scopes=["read"], by=by)
    with pytest.raises(NotPermitted):
        create_token(root, name="root's", scopes=["read"], by=by)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"scopes": []}, InvalidOption), ({"scopes": ["all"]}, InvalidOption), ({"queues": ["none"]}, UnknownQueue)],
)
def test_a_token_is_not_made_with_limits_that_nobody_knows(wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        create_token(User.objects.create_user("ada"), **{"name": "t", "scopes": ["read"]} | wrong)

    assert not AuthToken.objects.exists()


def test_create_token_takes_the_limits(root: User) -> None:
    out = StringIO()
    limits = ("--scope", "read", "--scope", "enqueue", "--queue", "reports", "--tenant", "acme", "--name", "nightly")

    call_command("create_token", "root", *limits, stdout=out)

    made = ApiToken.objects.get()
    assert (made.name, made.scopes, made.queues, made.tenant_id) == (
        "nightly",
        ["enqueue", "read"],
        ["reports"],
        "acme",
    )
    with pytest.raises(CommandError, match="No tenant 'nobody'"):
        call_command("create_token", "root", "--tenant", "nobody", stdout=out)


def test_every_deed_belongs_to_a_scope() -> None:
    given = frozenset().union(*SCOPES.values())

    assert given == set(Deed)
