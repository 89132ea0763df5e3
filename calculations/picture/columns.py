"""Which column of a picture each node stands in, and who stands above whom."""

from __future__ import annotations

from collections.abc import Sequence

Arrow = tuple[int, int]
Neighbour = tuple[int, float]
"""A node, and how far below its middle the arrow between them ends."""
_SWEEPS = 6
_PORT = 0.001


def columns_of(count: int, arrows: Sequence[Arrow]) -> list[int]:
    """Return each node's column: right of all its inputs; a node without any stands just before its first reader.

    A cycle, which only an unfinished graph has, is cut at its first node.
    """
    inputs: list[set[int]] = [{source for source, target in arrows if target == node} for node in range(count)]
    column = [0] * count
    waiting = set(range(count))
    while waiting:
        ready = [node for node in sorted(waiting) if not inputs[node] & waiting] or [min(waiting)]
        for node in ready:
            column[node] = 1 + max((column[source] for source in inputs[node] - waiting), default=-1)
        waiting.difference_update(ready)
    for node in range(count):
        readers = [column[target] for source, target in arrows if source == node and column[target]]
        if not inputs[node] and readers:
            column[node] = min(readers) - 1
    return column


def arrange(columns: Sequence[Sequence[int]], steps: Sequence[Arrow]) -> list[list[int]]:
    """Return the columns with neighbours of one node drawn together, so that fewer arrows cross.

    `steps` go from a column to the next; each sweep sorts by the mean place of the neighbours (Sugiyama's method).
    """
    order = [list(column) for column in columns]
    before: dict[int, list[Neighbour]] = {}
    after: dict[int, list[Neighbour]] = {}
    for source, target in steps:
        entering = before.setdefault(target, [])
        after.setdefault(source, []).append((target, _PORT * len(entering)))  # inputs stand in their order
        entering.append((source, 0.0))
    for sweep in range(_SWEEPS):
        neighbours = after if sweep % 2 else before
        for column in reversed(order) if sweep % 2 else order:
            place = _places(order)
            column.sort(key=lambda node, place=place, near=neighbours: _mean(node, near, place))  # type: ignore[misc]
    return order


def _places(order: Sequence[Sequence[int]]) -> dict[int, float]:
    """Return where each node stands in its column, from 0 at the top to 1."""
    return {node: (row + 0.5) / len(column) for column in order for row, node in enumerate(column)}


def _mean(node: int, near: dict[int, list[Neighbour]], place: dict[int, float]) -> float:
    around = near.get(node)
    return sum(place[other] + port for other, port in around) / len(around) if around else place[node]
