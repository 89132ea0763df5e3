"""Runs the conformance cases about the execution of graphs on series in the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from calculations.graph.errors import GraphFailed
from calculations.graph.outcome import Outcome
from calculations.services.judge_graph import compile_for_tenant
from calculations.services.resolve_lookups import resolve_lookups
from ingestion.numbers import dec
from tests.calculations.rows import make_tenant
from tests.ingestion.rows import make_series


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the price of the case's context, or the code and node of what stopped it."""
    try:
        outcome = execute(case)
    except GraphFailed as error:
        return {"error": error.code, "nodeId": error.node_id}
    return {
        "value": dec(outcome.value),
        "currency": outcome.currency,
        "unit": outcome.unit,
        "contributions": outcome.values,
        "order": [step["nodeId"] for step in outcome.steps],
        "steps": outcome.steps,
        "nodesEvaluated": outcome.nodes_evaluated,
        "warnings": outcome.warnings,
    }


def execute(case: dict[str, Any]) -> Outcome:
    """Store the case's series for a new tenant and run its graph; raise `GraphFailed`."""
    tenant = make_tenant()
    for code, facts in case.get("series", {}).items():
        make_series(tenant, code, facts)
    compiled = compile_for_tenant(tenant_id=tenant.id, graph=case["graph"])
    context = case["context"]
    answers = resolve_lookups(
        tenant_id=tenant.id,
        keys=compiled.lookup_keys,
        as_of_date=date.fromisoformat(context["asOfDate"]),
        version_preference=context.get("versionPreference", "FINAL"),
    )
    price = context.get("basePrice")
    return compiled.bind(answers).run(
        base_price=None if price is None else Decimal(price),
        currency=context.get("baseCurrency"),
        unit=context.get("baseUnit"),
    )
