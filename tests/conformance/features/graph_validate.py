"""Runs the conformance cases about valid and invalid graphs on series in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from calculations.graph.problem import Problem
from calculations.services.judge_graph import judge_graph
from tests.calculations.rows import make_tenant
from tests.ingestion.rows import make_series


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return what the validator says, codes and nodes sorted."""
    tenant = make_tenant()
    for code, facts in case.get("series", {}).items():
        make_series(tenant, code, facts)
    verdict = judge_graph(tenant_id=tenant.id, graph=case["graph"])
    return {"valid": verdict.valid, "errors": _sorted(verdict.errors), "warnings": _sorted(verdict.warnings)}


def _sorted(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return sorted((p.as_json() for p in problems), key=lambda found: (found["code"], found.get("nodeId", "")))
