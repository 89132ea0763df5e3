"""Makes a batch ready to be worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from weakref import WeakValueDictionary

from calculations.graph.compile import recompile_graph
from calculations.graph.frozen import read_frozen
from calculations.graph.inputs_hash import PricedItem
from calculations.graph.program import Program
from calculations.models import CalcBatch


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Inputs:
    """Frozen items and the compiled graph: all that is needed to calculate them. Shared by threads."""

    items: Sequence[PricedItem]
    program: Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A batch with its inputs."""

    batch: CalcBatch
    inputs: Inputs


_in_use: WeakValueDictionary[tuple[str, int, datetime], Inputs] = WeakValueDictionary()
_reading = Lock()


def open_work(batch: CalcBatch) -> Work:
    """Read the frozen inputs and compile the graph; one query.

    Chunks of one batch that are worked on at once in this process share them: they are the largest thing it holds.
    Inputs change with a retry only, and with it the run.
    """
    key = (batch.pk, batch.run, batch.created_at)
    with _reading:
        inputs = _in_use.get(key)
        if inputs is None:
            inputs = _in_use[key] = _read(batch)
    return Work(batch=batch, inputs=inputs)


def _read(batch: CalcBatch) -> Inputs:
    frozen = read_frozen(batch.frozen_inputs)
    compiled = recompile_graph(frozen.graph, kinds=frozen.kinds)
    return Inputs(items=frozen.items, program=compiled.bind(frozen.answers))
