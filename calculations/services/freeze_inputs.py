"""Takes a picture of everything a batch is calculated from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from calculations.graph.compile import CompiledGraph
from calculations.graph.digest import digest
from calculations.graph.frozen import FrozenInputs
from calculations.graph.graph_hash import graph_hash
from calculations.graph.inputs_hash import PricedItem, canonical_inputs
from calculations.services.resolve_lookups import resolve_lookups


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Frozen inputs with the two hashes that name them."""

    inputs: FrozenInputs
    graph_hash: str
    inputs_hash: str


def freeze_inputs(
    *,
    tenant_id: str,
    graph: dict[str, Any],
    compiled: CompiledGraph,
    items: Sequence[PricedItem],
    as_of_date: date,
    version_preference: str,
) -> Picture:
    """Return the picture of a graph, compiled for the tenant, and its items, with the index values of now."""
    answers = resolve_lookups(
        tenant_id=tenant_id,
        keys=compiled.lookup_keys,
        as_of_date=as_of_date,
        version_preference=version_preference,
    )
    inputs = FrozenInputs(
        graph=graph, items=sorted(items, key=lambda item: item.id), answers=answers, kinds=compiled.plan.kinds
    )
    name = graph_hash(graph)
    return Picture(
        inputs=inputs,
        graph_hash=name,
        inputs_hash=name_inputs(inputs, name, as_of_date=as_of_date, version_preference=version_preference),
    )


def name_inputs(inputs: FrozenInputs, graph_hash: str, *, as_of_date: date, version_preference: str) -> str:
    """Return the hash that two batches share if they calculate the same."""
    text = canonical_inputs(
        graph_hash=graph_hash,
        as_of_date=as_of_date,
        version_preference=version_preference,
        items=inputs.items,
        answers=inputs.answers,
    )
    return digest(text)
