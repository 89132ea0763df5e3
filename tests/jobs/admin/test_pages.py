"""The other pages of the engine: processes, tenants, memberships, accounts."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import Membership, Tenant
from jobs.models import Process
from tests.jobs.rows import a_job

PAGES = [
    "/admin/",
    "/admin/jobs/job/",
    "/admin/jobs/process/",
    "/admin/jobs/queueconfig/",
    "/admin/jobs/tenant/",
    "/admin/jobs/tenant/add/",
    "/admin/jobs/membership/",
    "/admin/jobs/membership/add/",
    "/admin/auth/user/",
    "/admin/auth/user/add/",
    "/admin/auth/group/",
    "/admin/jobs/apitoken/",
    "/admin/jobs/apitoken/add/",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_one_look_a_dark_mode_and_need_no_other_host(operator: Client, path: str) -> None:
    a_job()

    page = operator.get(path)

    assert page.status_code == 200
    text = page.content.decode()
    assert "unfold/css/styles.css" in text
    assert "dark:" in text
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]+", text) == []


def a_process(**fields: object) -> Process:
    made = {"supervisor": uuid.uuid4(), "host": "here", "pid": 1, "threads": 8, "queues": ["reports", "webhooks"]}
    return Process.objects.create(id=uuid.uuid4(), **(made | fields))


def test_a_process_is_alive_while_its_lease_lasts(operator: Client) -> None:
    now = timezone.now()
    a_process(lease_until=now + timedelta(minutes=1), host="living")
    a_process(lease_until=now - timedelta(minutes=1), host="dead")
    a_process(lease_until=now + timedelta(minutes=1), fenced_at=now, host="replaced")

    page = operator.get("/admin/jobs/process/").content.decode()

    assert [word for word in ("alive", "lost", "fenced") if re.search(rf">\s*{word}\s*<", page)] == [
        "alive",
        "lost",
        "fenced",
    ]
    assert "reports, webhooks" in page


def test_memberships_name_user_and_tenant_without_a_query_each(operator: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert operator.get("/admin/jobs/membership/").status_code == 200
        return len(asked)

    def join(number: int) -> None:
        tenant = Tenant.objects.create(name=f"T{number}", slug=f"t{number}")
        Membership.objects.create(tenant=tenant, user=User.objects.create_user(f"u{number}"), role="ADMIN")

    join(0)
    first = queries()
    for number in range(1, 5):
        join(number)

    assert queries() == first


def test_a_tenant_is_not_deleted_by_hand(operator: Client) -> None:
    tenant = Tenant.objects.create(name="Acme", slug="acme")

    assert operator.post(f"/admin/jobs/tenant/{tenant.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Tenant.objects.exists()
