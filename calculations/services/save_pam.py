"""Saves price adjustment mechanisms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from calculations.graph.errors import InvalidGraph
from calculations.graph.graph_hash import graph_hash
from calculations.graph.json_text import storable
from calculations.graph.problem import Problem
from calculations.models import PAM, OnNewValues, PamStatus
from calculations.services.find import find_pam
from calculations.services.judge_graph import compile_for_tenant
from jobs import write_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPam:
    """The stored PAM, and what the validator warns of."""

    pam: PAM
    warnings: tuple[Problem, ...]


@transaction.atomic
def save_pam(
    *,
    tenant_id: str,
    name: str,
    graph: dict[str, Any],
    pam_id: str | None = None,
    description: str | None = None,
    status: str = PamStatus.DRAFT,
    on_new_values: str = OnNewValues.NOTHING,
    user_id: str = "system",
) -> SavedPam:
    """Store a PAM, a new one unless `pam_id` names it; its version rises if the graph computes something else.

    Raises `InvalidGraph`, and for `pam_id` `PamNotFound` and `TenantMismatch`.
    """
    compiled = compile_for_tenant(tenant_id=tenant_id, graph=graph)
    pam = find_pam(tenant_id=tenant_id, pam_id=pam_id, lock=True) if pam_id else None
    before = _facts(pam) if pam else None
    if pam is None:
        pam = PAM(tenant_id=tenant_id, created_by=user_id)
    elif _hash(pam.graph) != _hash(graph):
        pam.version += 1
    pam.name, pam.description, pam.status = name, description, status
    pam.on_new_values = on_new_values
    pam.graph = storable(graph)
    pam.save()
    write_audit(
        tenant_id=tenant_id,
        action="UPDATE" if before else "CREATE",
        entity_type="PAM",
        entity_id=pam.pk,
        user_id=user_id,
        changes={"before": before, "after": _facts(pam)},
    )
    return SavedPam(pam=pam, warnings=compiled.verdict.warnings)


def _facts(pam: PAM) -> dict[str, Any]:
    """Return what an audit entry tells of a PAM; the graph by its hash."""
    return {
        "name": pam.name,
        "description": pam.description,
        "status": pam.status,
        "onNewValues": pam.on_new_values,
        "version": pam.version,
        "graphHash": _hash(pam.graph),
    }


def _hash(graph: object) -> str | None:
    """Return the graph's hash, or None for a graph that was stored without us and never judged."""
    try:
        return graph_hash(graph)
    except InvalidGraph:
        return None
