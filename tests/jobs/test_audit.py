"""The audit log: what is kept, and what goes out."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from jobs import AuditEntry, AuditFilter, AuditLog, Tenant, count_audit, export_audit, read_audit, write_audit

START = datetime(2024, 1, 15, 10, 0, 0, 123_456, tzinfo=UTC)


@pytest.fixture
def tenant(db: None) -> Tenant:
    """Hand out a tenant."""
    return Tenant.objects.create(name="Acme", slug="acme")


def write(tenant: Tenant, *actions: str, **facts: str) -> None:
    """Write entries of a batch, an hour apart."""
    for number, action in enumerate(actions):
        with time_machine.travel(START + timedelta(hours=number), tick=False):
            write_audit(tenant_id=tenant.pk, action=action, **{"entity_type": "CALC_BATCH", "entity_id": "b1", **facts})  # type: ignore[arg-type]


def exported(tenant: Tenant, **wanted: object) -> list[str]:
    file = BytesIO()
    export_audit(tenant_id=tenant.pk, into=file, wanted=AuditFilter(**wanted))  # type: ignore[arg-type]
    return [json.loads(line)["action"] for line in file.getvalue().splitlines()]


def test_changes_are_masked_before_they_are_stored(tenant: Tenant) -> None:
    write_audit(
        tenant_id=tenant.pk,
        action="UPDATE",
        entity_type="WEBHOOK_ENDPOINT",
        entity_id="ep_1",
        changes={"after": [{"secret": "whsec_abcdefgh", "ApiKey": 12, "url": "https://a"}]},
        metadata={"token": "kept: only changes are masked"},
    )

    entry = AuditLog.objects.get()
    assert entry.changes == {"after": [{"secret": "wh********gh", "ApiKey": "[MASKED]", "url": "https://a"}]}
    assert entry.metadata == {"token": "kept: only changes are masked"}
    assert entry.user_id == "system"


def test_an_entry_goes_with_the_transaction_that_it_tells_of(tenant: Tenant) -> None:
    with transaction.atomic():
        write(tenant, "CREATE")
        transaction.set_rollback(True)

    assert not AuditLog.objects.exists()


def test_what_a_client_sends_cannot_undo_the_action(tenant: Tenant) -> None:
    write(tenant, "CREATE", ip_address="not an address", user_agent="x" * 1_000)
    write(tenant, "UPDATE", ip_address="fe80::1%eth0")

    assert list(AuditLog.objects.order_by("id").values_list("ip_address", flat=True)) == [None, "fe80::1"]
    assert len(AuditLog.objects.get(action="CREATE").user_agent or "") == 400


def test_an_export_is_redacted_sorted_and_hashed(tenant: Tenant) -> None:
    write(tenant, "CREATE", "APPROVE", ip_address="10.1.2.3", user_agent="Mozilla/5.0 Edg/120.0.1 Chrome/120.0")
    file = BytesIO()

    export = export_audit(tenant_id=tenant.pk, into=file)

    first, second = file.getvalue().splitlines()
    entry = AuditLog.objects.get(action="CREATE")
    assert first.decode() == (
        f'{{"action":"CREATE","createdAt":"2024-01-15T10:00:00.123Z","entityId":"b1","entityType":"CALC_BATCH",'
        f'"id":"{entry.pk}","ipAddress":"10.1.2.0","tenantId":"{tenant.pk}","userAgent":"Edge/120.0","userId":"system"}}'
    )
    assert json.loads(second)["action"] == "APPROVE"
    assert (export.count, export.sha256) == (2, hashlib.sha256(file.getvalue()).hexdigest())


def test_an_export_as_json_is_one_array_of_the_same_objects(tenant: Tenant) -> None:
    write(tenant, "CREATE", "APPROVE")
    lines, array, nothing = BytesIO(), BytesIO(), BytesIO()
    export_audit(tenant_id=tenant.pk, into=lines)

    export = export_audit(tenant_id=tenant.pk, into=array, form="json")
    export_audit(tenant_id=tenant.pk, into=nothing, form="json", wanted=AuditFilter(action="DELETE"))

    assert json.loads(array.getvalue()) == [json.loads(line) for line in lines.getvalue().splitlines()]
    assert export.sha256 == hashlib.sha256(array.getvalue()).hexdigest()
    assert nothing.getvalue() == b"[]"


def test_an_export_can_be_narrowed(tenant: Tenant) -> None:
    write(tenant, "CREATE", "APPROVE", "OVERRIDE", user_id="jane", correlation_id="c-1")
    write(tenant, "IMPORT", entity_id="b2")

    assert exported(tenant, user_id="jane", action="APPROVE") == ["APPROVE"]
    assert exported(tenant, correlation_id="c-1", entity_type="CALC_BATCH", entity_id="b2") == []
    assert exported(tenant, since=START + timedelta(hours=1), until=START + timedelta(hours=2)) == [
        "APPROVE",
        "OVERRIDE",
    ]
    assert exported(Tenant.objects.create(name="Other", slug="other")) == []


def test_entries_that_meet_several_conditions_come_once(tenant: Tenant) -> None:
    write(tenant, "CREATE", correlation_id="c-1")
    write(tenant, "IMPORT", entity_id="b2")
    conditions = [Q(entity_id="b1"), Q(correlation_id="c-1"), Q(entity_id="b2")]

    with CaptureQueriesContext(connection) as captured:
        entries = list(read_audit(tenant_id=tenant.pk, any_of=conditions, beside=Q(action="DELETE")))

    assert [entry.action for entry in entries] == ["CREATE", "IMPORT"]
    assert len(captured) == 1
    assert count_audit(tenant_id=tenant.pk, any_of=conditions, beside=Q(action="CREATE")) == 1


def test_a_lone_surrogate_does_not_end_an_export() -> None:
    entry = AuditEntry(
        id="e",
        tenant_id=None,
        user_id="u",
        action="CREATE",
        entity_type="PAM",
        entity_id="p",
        created_at=START,
        changes={"name": "a\ud800"},
    )

    assert json.loads(entry.line())["changes"] == {"name": "a\ud800"}
