"""Runs the conformance cases about the hashes of graphs and batches on series in the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from calculations.graph.digest import digest
from calculations.graph.graph_hash import canonical_graph
from calculations.graph.inputs_hash import PricedItem, canonical_inputs
from calculations.services.freeze_inputs import Picture, freeze_inputs
from calculations.services.judge_graph import compile_for_tenant
from tests.calculations.rows import make_tenant
from tests.ingestion.rows import make_series


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return whether two requests have one hash, or the canonical text and its hash."""
    if "requests" in case:
        hashes = {_freeze(request).inputs_hash for request in case["requests"]}
        return {"equal": len(hashes) == 1}
    if case["kind"] == "graph":
        text = canonical_graph(case["graph"])
        return {"canonical": text, "sha256": digest(text)}
    picture = _freeze(case["request"])
    return {"canonical": _text(case["request"], picture), "sha256": picture.inputs_hash}


def _freeze(request: dict[str, Any]) -> Picture:
    tenant = make_tenant()
    for code, facts in request.get("series", {}).items():
        make_series(tenant, code, facts)
    return freeze_inputs(
        tenant_id=tenant.id,
        graph=request["graph"],
        compiled=compile_for_tenant(tenant_id=tenant.id, graph=request["graph"]),
        items=[
            PricedItem(
                id=item["id"],
                sku=item["id"],
                base_price=Decimal(item["basePrice"]),
                base_currency=item["baseCurrency"],
                uom=item["uom"],
            )
            for item in request["items"]
        ],
        as_of_date=date.fromisoformat(request["asOfDate"]),
        version_preference=request["versionPreference"],
    )


def _text(request: dict[str, Any], picture: Picture) -> str:
    return canonical_inputs(
        graph_hash=picture.graph_hash,
        as_of_date=date.fromisoformat(request["asOfDate"]),
        version_preference=request["versionPreference"],
        items=picture.inputs.items,
        answers=picture.inputs.answers,
    )
