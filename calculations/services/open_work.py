"""Makes a batch ready to be worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calculations.graph.compile import recompile_graph
from calculations.graph.frozen import read_frozen
from calculations.graph.inputs_hash import PricedItem
from calculations.graph.program import Program
from calculations.models import CalcBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A batch with its frozen items and its compiled graph; nothing else is read to calculate it."""

    batch: CalcBatch
    items: Sequence[PricedItem]
    program: Program


def open_work(batch: CalcBatch) -> Work:
    """Read the frozen inputs and compile the graph; one query."""
    inputs = read_frozen(batch.frozen_inputs)
    compiled = recompile_graph(inputs.graph, kinds=inputs.kinds)
    return Work(batch=batch, items=inputs.items, program=compiled.bind(inputs.answers))
