"""Compiles a graph once, so that many items run fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calculations.graph.arithmetic.make import Answers
from calculations.graph.lookups import LookupKey
from calculations.graph.plan import Plan
from calculations.graph.problem import Verdict
from calculations.graph.program import Program
from calculations.graph.units import SeriesKind
from calculations.graph.validate import make_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledGraph:
    """A valid graph: what it asks for, what the validator warns of, and the way to run it."""

    plan: Plan
    verdict: Verdict
    lookup_keys: tuple[LookupKey, ...]

    def bind(self, answers: Answers) -> Program:
        """Return the program for one set of index values; `answers` covers all `lookup_keys`."""
        return Program(self.plan, answers)


def compile_graph(raw: object, *, kinds: Mapping[str, SeriesKind]) -> CompiledGraph:
    """Return the graph ready to run; `kinds` are the series that the tenant has; raise `InvalidGraph`."""
    plan, verdict = make_plan(raw, kinds=kinds)
    return CompiledGraph(plan=plan, verdict=verdict, lookup_keys=tuple(plan.lookup_keys()))
