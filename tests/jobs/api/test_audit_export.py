"""The audit log over HTTP."""

from __future__ import annotations

import hashlib
import json

import pytest

from jobs import Tenant, write_audit
from tests.jobs.api.conftest import Caller

PATH = "/api/audit/export"


@pytest.fixture
def written(db: None) -> None:
    """Write two entries of one tenant and one of another."""
    for slug, entity_id in (("acme", "first"), ("acme", "second"), ("umbrella", "theirs")):
        Tenant.objects.get_or_create(pk=slug, slug=slug)
        write_audit(tenant_id=slug, action="CREATE", entity_type="PAM", entity_id=entity_id, changes={"a": {"b": 1}})


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_an_admin_exports_the_tenant_s_entries_with_their_hash(written: None, caller: Caller, form: str) -> None:
    answer = caller(acme="ADMIN").get(PATH, {"format": form})

    content = answer.getvalue()
    entries = json.loads(content) if form == "json" else [json.loads(line) for line in content.splitlines()]
    assert [entry["entityId"] for entry in entries] == ["first", "second"]
    assert entries[0]["changes"] == {"a": {"b": 1}}
    assert answer.headers["x-export-hash"] == hashlib.sha256(content).hexdigest()
    assert answer.headers["x-export-count"] == "2"


def test_entries_are_filtered(written: None, caller: Caller) -> None:
    client = caller(acme="OWNER")

    ours = client.get(PATH, {"entityId": "second"})
    theirs = client.get(PATH, {"entityId": "theirs"})
    early = client.get(PATH, {"until": "2000-01-01T00:00:00Z"})

    assert len(ours.getvalue().splitlines()) == 1
    assert theirs.getvalue() == early.getvalue() == b""


def test_members_see_no_audit_log(written: None, caller: Caller) -> None:
    assert caller(acme="MEMBER").get(PATH).status_code == 403
    assert caller().get(PATH).status_code == 403


@pytest.mark.parametrize("query", [{"format": "xml"}, {"since": "yesterday"}, {"action": "A\0"}])
def test_what_cannot_be_asked_is_refused(written: None, caller: Caller, query: dict[str, str]) -> None:
    answer = caller(acme="ADMIN").get(PATH, query)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
