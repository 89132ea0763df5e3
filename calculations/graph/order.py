"""Which nodes are needed, in which order they run, and whether there is such an order."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

Inputs = Mapping[str, Sequence[str]]


def find_cycle(inputs: Inputs) -> list[str]:
    """Return a way along the edges that ends where it began, or an empty list."""
    try:
        TopologicalSorter(inputs).prepare()
    except CycleError as error:
        path: list[str] = error.args[1]
        return path
    return []


def needed_for(output: str, inputs: Inputs) -> set[str]:
    """Return the nodes from which the output can be reached, itself among them."""
    needed: set[str] = set()
    waiting = [output]
    while waiting:
        node_id = waiting.pop()
        if node_id not in needed:
            needed.add(node_id)
            waiting.extend(inputs[node_id])
    return needed


def execution_order(inputs: Inputs, needed: Collection[str]) -> list[str]:
    """Return the needed nodes, each after its inputs; of several that are ready, the first in `inputs` goes first."""
    ids = list(inputs)
    place = {node_id: number for number, node_id in enumerate(ids)}
    sorter = TopologicalSorter({node_id: inputs[node_id] for node_id in ids if node_id in needed})
    sorter.prepare()
    ready: list[int] = []
    order: list[str] = []
    while sorter.is_active():
        for node_id in sorter.get_ready():
            heapq.heappush(ready, place[node_id])
        node_id = ids[heapq.heappop(ready)]
        order.append(node_id)
        sorter.done(node_id)
    return order
