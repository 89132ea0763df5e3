"""A tenant can be erased, with jobs, data, files and audit log: everything of it, and nothing of anybody else."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.utils import timezone
from knox.models import AuthToken

from jobs import AuditLog, Membership, Operator, Tenant, erase_tenant, write_audit
from jobs.errors import EraseNotConfirmed, NotPermitted, TenantBusy
from jobs.models import Attempt, Job, JobLog
from jobs.signals import erasing
from jobs.states import State
from reports.models import Report
from tests.calculations.rows import make_tenant
from tests.jobs.rows import a_job
from tests.test_isolation import APPS, fill
from webhooks.models import DeliveryAttempt, WebhookDelivery

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jobs_without_redis")]
ADA = Operator(user_id="ada", ip_address="192.0.2.7")


def everything() -> dict[str, list[Any]]:
    """Return all rows of all our models, but for what is of no tenant: counters and the audit of the erasure."""
    models: list[type[Model]] = [model for model in apps.get_models() if model._meta.app_label in APPS]
    rows = {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}
    rows["jobs.AuditLog"] = [row for row in rows["jobs.AuditLog"] if row["tenant_id"]]
    del rows["jobs.QueueCount"]
    return rows


def fill_up(name: str) -> Tenant:
    """Return a tenant with rows in every table, those without a tenant of their own, too."""
    tenant = fill(name)
    dead = Job.objects.get(tenant=name, state=State.FAILED)
    Attempt.objects.create(job=dead, number=1, generation=1, outcome="failed")
    JobLog.objects.create(job=dead, attempt=1, line="a line")
    spans = {"started_at": timezone.now(), "duration": timedelta(seconds=1)}
    DeliveryAttempt.objects.create(delivery=WebhookDelivery.objects.get(tenant=name), number=1, **spans)
    Report.objects.filter(tenant=name).update(content=b"a file")
    Membership.objects.create(tenant=tenant, user=User.objects.create_user(f"user-of-{name}"), role="OWNER")
    write_audit(tenant_id=name, action="SEEN", entity_type="REPORT", entity_id="r")
    return tenant


def test_an_erased_tenant_leaves_no_row_and_takes_none_of_another(settings: Any) -> None:
    settings.WEBHOOKS = {"ALLOW_HTTP": True, "ALLOWED_NETWORKS": ["127.0.0.0/8"], "ALLOWED_PORTS": None}
    fill_up("ours")
    before, tokens = everything(), AuthToken.objects.count()
    fill_up("theirs")
    grown = {label for label, rows in everything().items() if len(rows) > len(before[label])}
    assert {label for label, rows in before.items() if rows} - grown == {"jobs.AlertRule", "jobs.AlertChannel"}

    gone = erase_tenant("theirs", confirm="theirs", by=ADA, reason="the contract has ended")

    assert everything() == before
    assert AuthToken.objects.count() == tokens  # a token without its limits would reach further than before
    assert gone["jobs"] >= 3
    begun, ended = AuditLog.objects.filter(entity_type="TENANT").order_by("created_at", "pk")
    assert [(e.action, e.entity_id, e.user_id, e.tenant_id) for e in (begun, ended)] == [
        ("ERASE", "theirs", "ada", None),
        ("ERASED", "theirs", "ada", None),
    ]
    changes: Any = ended.changes
    assert (changes["reason"], changes["after"]) == ("the contract has ended", dict(gone))
    assert User.objects.filter(username="user-of-theirs").exists()


def test_erasing_a_tenant_wants_its_id_typed_again() -> None:
    a_job(tenant="t1")

    with pytest.raises(EraseNotConfirmed, match="t1"):
        erase_tenant("t1", confirm="t2")
    with pytest.raises(EraseNotConfirmed):
        erase_tenant("", confirm="")

    assert Job.objects.count() == 1


def test_erasing_a_tenant_is_refused_while_its_jobs_run_unless_forced() -> None:
    a_job(State.ACTIVE, tenant="t1")
    a_job(State.ACTIVE, tenant="t2")

    with pytest.raises(TenantBusy, match="1 jobs of tenant 't1'"):
        erase_tenant("t1", confirm="t1")
    assert Job.objects.count() == 2
    erase_tenant("t1", confirm="t1", force=True)

    assert Job.objects.get().tenant == "t2"


def test_a_tenant_s_owner_may_not_erase_it() -> None:
    owner = User.objects.create_user("owner")
    Membership.objects.create(tenant=make_tenant("t1"), user=owner, role="OWNER")

    with pytest.raises(NotPermitted, match="erase"):
        erase_tenant("t1", confirm="t1", by=Operator(user_id=str(owner.pk), user=owner))

    assert Tenant.objects.filter(pk="t1").exists()


def test_an_interrupted_erasure_goes_on_when_it_is_asked_for_again() -> None:
    make_tenant("t1")
    a_job(tenant="t1")

    def fails(**_: object) -> int:
        raise ConnectionError("the disk of files is away")

    erasing.connect(fails)
    try:
        with pytest.raises(ConnectionError):
            erase_tenant("t1", confirm="t1")
    finally:
        erasing.disconnect(fails)
    assert Tenant.objects.filter(pk="t1").exists()
    erase_tenant("t1", confirm="t1")

    assert not Tenant.objects.filter(pk="t1").exists()
    assert list(AuditLog.objects.order_by("created_at", "pk").values_list("action", flat=True)) == [
        "ERASE",
        "ERASE",
        "ERASED",
    ]


def test_a_tenant_is_erased_from_the_shell() -> None:
    a_job(tenant="t1")
    said = StringIO()

    with pytest.raises(CommandError, match="Type its id again"):
        call_command("erase_tenant", "t1", confirm="other")
    call_command("erase_tenant", "t1", confirm="t1", reason="asked for", stdout=said)

    assert "Tenant t1 is gone: 1 jobs" in said.getvalue()
    assert AuditLog.objects.filter(action="ERASED", user_id__startswith="shell").exists()
