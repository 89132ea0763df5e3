"""Payload versions: jobs that wait while code changes are read by the new code, or kept until some can read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from django.core.management import call_command

from jobs import Payload, enqueue
from jobs.errors import InvalidPayload, PayloadTooNew
from jobs.models import AuditLog, Job
from jobs.payload import Upgrade
from jobs.services.upgrade import upgrade_dead_letters
from jobs.testing import drain
from tests.jobs.rows import a_job
from tests.probe.actors import Renamed


class Price(Payload):
    """In its third version: a symbol became symbols, then got a currency."""

    symbols: list[str]
    currency: str

    payload_upgrades: ClassVar[Mapping[int, Upgrade]] = {
        1: lambda old: {"symbols": [old["symbol"]]},
        2: lambda old: {**old, "currency": "USD"},
    }


def test_a_payload_says_which_version_wrote_it() -> None:
    assert Price(symbols=["WTI"], currency="EUR").as_json() == {"symbols": ["WTI"], "currency": "EUR", "_version": 3}


@pytest.mark.parametrize(
    "stored",
    [{"symbol": "WTI"}, {"symbols": ["WTI"], "_version": 2}, {"symbols": ["WTI"], "currency": "USD", "_version": 3}],
)
def test_a_payload_of_any_earlier_payload_version_is_read_as_the_present_one(stored: dict[str, Any]) -> None:
    assert Price.read(stored) == Price(symbols=["WTI"], currency="USD")


def test_a_callers_fields_are_of_the_present_payload_version_or_of_the_first() -> None:
    assert Price.take({"symbols": ["WTI"], "currency": "EUR"}).currency == "EUR"
    assert Price.take({"symbol": "WTI"}).currency == "USD"
    with pytest.raises(InvalidPayload, match="symbols: Field required"):
        Price.take({"currency": "EUR"})


def test_a_newer_payload_version_is_worth_another_try_and_a_bad_one_is_not() -> None:
    with pytest.raises(PayloadTooNew, match="version 9, this code knows 3"):
        Price.read({"_version": 9})
    with pytest.raises(InvalidPayload, match="the upgrade from version 1 failed: KeyError"):
        Price.read({})
    with pytest.raises(InvalidPayload, match="no version"):
        Price.read({"_version": "x"})


def test_payload_versions_have_no_gap() -> None:
    with pytest.raises(TypeError, match="without a gap"):
        type("Gap", (Payload,), {"payload_upgrades": {2: dict}, "__annotations__": {}, "__module__": __name__})


@pytest.mark.django_db
def test_a_job_of_an_old_payload_version_and_actor_name_runs_in_the_new_code(jobs_without_redis: None) -> None:
    old = a_job("waiting", queue="reports", actor="probe-old-name", payload={"title": "x"})

    drain()

    old.refresh_from_db()
    assert (old.state, old.result) == ("completed", {"name": "x"})


@pytest.mark.django_db
def test_dead_letters_are_fixed_in_bulk_by_a_payload_version(jobs_without_redis: None) -> None:
    dead = {"state": "failed", "queue": "reports", "error_type": "InvalidPayload"}
    old = a_job(**dead, actor="probe-old-name", payload={"title": "x"})
    hopeless = a_job(**dead, actor="probe-renamed", payload={"nonsense": 1})
    unknown = a_job(**dead | {"error_type": "ActorNotFound"}, actor="nobody", payload={"a": 1})
    raised = a_job(**dead | {"error_type": "ValueError"}, actor="probe-renamed", payload={"title": "x"})

    assert upgrade_dead_letters(dry_run=True).fixed == 1
    assert Job.objects.get(pk=old.pk).actor == "probe-old-name"
    done = upgrade_dead_letters(reason="after the rename")

    assert (done.fixed, done.left.total()) == (1, 2)
    row = Job.objects.get(pk=old.pk)
    assert (row.state, row.actor, row.payload) == ("waiting", "probe-renamed", {"name": "x", "_version": 2})
    kept = Job.objects.filter(pk__in=[hopeless.pk, unknown.pk, raised.pk])
    assert set(kept.values_list("state", flat=True)) == {"failed"}
    assert kept.get(pk=unknown.pk).payload == {"a": 1}
    assert AuditLog.objects.get(action="UPGRADE").entity_id == str(old.pk)


@pytest.mark.django_db
def test_the_shell_upgrades_payload_versions(jobs_without_redis: None, capsys: pytest.CaptureFixture[str]) -> None:
    a_job("failed", queue="reports", error_type="ActorNotFound", actor="probe-old-name", payload={"title": "x"})

    call_command("jobs", "upgrade", "--actor", "probe-old-name", "--json")

    assert '"outcome": "retried"' in capsys.readouterr().out


@pytest.mark.django_db
def test_a_new_job_keeps_its_payload_version(jobs_without_redis: None) -> None:
    assert enqueue(Renamed(name="x")).refresh().data == {"name": "x", "_version": 2}
