"""How price adjustment mechanisms are saved and deleted."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from calculations.errors import PamHasBatches, PamNotFound, TenantMismatch
from calculations.graph.errors import InvalidGraph
from calculations.graph.graph_hash import graph_hash
from calculations.models import PAM, CalcBatch, Item
from calculations.services.delete_pam import delete_pam
from calculations.services.save_pam import save_pam
from jobs import Tenant
from tests.calculations.graphs import graph, node, times, with_node
from tests.calculations.rows import make_pam
from tests.ingestion.rows import make_series


def save(raw: dict[str, Any], pam: PAM | None = None, **options: Any) -> PAM:
    return save_pam(
        tenant_id="t1", name="Steel", graph=raw, pam_id=pam.pk if pam else None, user_id="u1", **options
    ).pam


def test_a_new_mechanism_has_version_1(tenant: Tenant) -> None:
    pam = save(times(), description="x 1.15", status="ACTIVE")

    pam.refresh_from_db()
    assert (pam.version, pam.name, pam.status, pam.created_by) == (1, "Steel", "ACTIVE", "u1")
    entry = tenant.audit_logs.get()
    assert (entry.action, entry.entity_type, entry.entity_id) == ("CREATE", "PAM", pam.pk)


def test_the_version_rises_when_the_graph_computes_something_else(tenant: Tenant) -> None:
    pam = save(times("1.15"))

    same = save(with_node(times(), "m", value=1.15), pam).version
    changed = save(times("1.16"), pam).version
    back = save(times("1.15"), pam).version

    assert (same, changed, back) == (1, 2, 3)
    entries = tenant.audit_logs.filter(action="UPDATE").order_by("created_at")
    versions = entries.values_list("changes__before__version", "changes__after__version")
    assert list(versions) == [(1, 1), (1, 2), (2, 3)]


def test_a_number_that_a_float_cannot_hold_is_kept_exactly(tenant: Tenant) -> None:
    raw = graph(node("k", "Factor", value=Decimal("1234567890.123456789012345")))

    pam = save(raw)

    pam.refresh_from_db()
    assert graph_hash(pam.graph) == graph_hash(raw)


def test_an_invalid_graph_is_not_saved(tenant: Tenant) -> None:
    make_series(tenant, "A", {"unit": "USD/t"})
    make_series(tenant, "B", {"unit": "EUR/t"})
    raw = graph(
        node("a", "Factor", series="A"),
        node("b", "Factor", series="B"),
        node("s", "Combine", operation="add"),
        edges="a>s b>s",
    )

    with pytest.raises(InvalidGraph) as refusal:
        save(raw)

    assert refusal.value.code == "CURRENCY_MISMATCH"
    assert refusal.value.verdict.as_json()["errors"][0]["nodeId"] == "s"
    assert not PAM.objects.exists()


def test_warnings_come_with_what_was_saved(tenant: Tenant) -> None:
    raw = graph(node("a", "Factor", value=1), node("b", "Factor", value=2))

    saved = save_pam(tenant_id="t1", name="Steel", graph=raw)

    assert [warning.node_id for warning in saved.warnings] == ["a"]


def test_a_graph_that_was_stored_unjudged_can_be_replaced(tenant: Tenant) -> None:
    pam = make_pam(tenant, {"nodes": "none"})

    assert save(times(), pam).version == 2


def test_only_the_own_mechanism_is_saved(tenant: Tenant) -> None:
    pam = save(times())

    with pytest.raises(PamNotFound):
        save_pam(tenant_id="t1", pam_id="nope", name="x", graph=times())
    with pytest.raises(TenantMismatch):
        save_pam(tenant_id="t2", pam_id=pam.pk, name="x", graph=times())


def test_a_mechanism_with_batches_is_not_deleted(queued: Callable[..., CalcBatch]) -> None:
    batch = queued("100")

    with pytest.raises(PamHasBatches):
        delete_pam(tenant_id="t1", pam_id=batch.pam_id)

    assert Item.objects.get().pam_id == batch.pam_id


def test_items_outlive_their_mechanism(tenant: Tenant, priced: Callable[..., PAM]) -> None:
    pam = priced("100")

    delete_pam(tenant_id="t1", pam_id=pam.pk, user_id="u1")

    assert Item.objects.get().pam is None
    assert tenant.audit_logs.get(action="DELETE").entity_id == pam.pk
