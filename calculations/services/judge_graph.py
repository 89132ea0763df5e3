"""Judges a graph against the series that a tenant has."""

from __future__ import annotations

from collections.abc import Iterable

from calculations.graph.compile import CompiledGraph, compile_graph
from calculations.graph.problem import Verdict
from calculations.graph.series_codes import series_codes
from calculations.graph.units import SeriesKind
from calculations.graph.validate import validate
from ingestion.models import IndexSeries


def judge_graph(*, tenant_id: str, graph: object) -> Verdict:
    """Return all findings about a graph's JSON; one query."""
    return validate(graph, kinds=read_kinds(tenant_id=tenant_id, codes=series_codes(graph)))


def compile_for_tenant(*, tenant_id: str, graph: object) -> CompiledGraph:
    """Return a graph ready to run on the tenant's series; one query; raise `InvalidGraph`."""
    return compile_graph(graph, kinds=read_kinds(tenant_id=tenant_id, codes=series_codes(graph)))


def read_kinds(*, tenant_id: str, codes: Iterable[str]) -> dict[str, SeriesKind]:
    """Return what the tenant's series of these codes hold; unknown codes are left out; one query."""
    rows = IndexSeries.objects.filter(tenant_id=tenant_id, series_code__in=sorted(codes))
    return {
        code: SeriesKind(data_type=data_type, unit=unit)
        for code, data_type, unit in rows.values_list("series_code", "data_type", "unit")
    }
