"""Where the boxes and arrows of a graph lie, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from calculations.picture.columns import Arrow, arrange, columns_of

BOX_WIDTH = 182
COLUMN_GAP = 36
ROW_GAP = 20
MARGIN = 4
_LANE = 6
"""Height of the lane in which a long arrow passes a column."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The upper left corner of each box, the points each arrow passes, and the size of the whole."""

    corners: list[Point]
    paths: list[list[Point]]
    width: float
    height: float


def lay_out(heights: Sequence[float], arrows: Sequence[Arrow]) -> Layout:
    """Return places for boxes of these heights; an arrow's points are its ends and those of its lanes."""
    sizes = list(heights)
    column = columns_of(len(sizes), arrows)
    chains = [_chain(arrow, column, sizes) for arrow in arrows]
    columns: list[list[int]] = [[] for _ in range(max(column) + 1)]
    for slot, number in enumerate(column):
        columns[number].append(slot)
    steps = [step for chain in chains for step in pairwise(chain) if column[step[0]] < column[step[1]]]
    columns = arrange(columns, steps)
    spans = [sum(sizes[slot] for slot in slots) + ROW_GAP * (len(slots) - 1) for slots in columns]
    corners: dict[int, Point] = {}
    for number, slots in enumerate(columns):
        y = MARGIN + (max(spans) - spans[number]) / 2
        for slot in slots:
            corners[slot] = (MARGIN + number * (BOX_WIDTH + COLUMN_GAP), y)
            y += sizes[slot] + ROW_GAP
    return Layout(
        corners=[corners[slot] for slot in range(len(heights))],
        paths=[_points(place, arrows, chain, corners, sizes) for place, chain in enumerate(chains)],
        width=2 * MARGIN + len(columns) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP,
        height=2 * MARGIN + max(spans),
    )


def _chain(arrow: Arrow, column: list[int], sizes: list[float]) -> list[int]:
    """Return an arrow's slots from end to end; adds a lane for each column that it passes."""
    source, target = arrow
    lanes = []
    for number in range(column[source] + 1, column[target]):
        lanes.append(len(sizes))
        sizes.append(_LANE)
        column.append(number)
    return [source, *lanes, target]


def _points(
    place: int, arrows: Sequence[Arrow], chain: list[int], corners: dict[int, Point], sizes: list[float]
) -> list[Point]:
    """Return the points of an arrow: it ends among the target's other arrows, in the order of the inputs."""
    source, *lanes, target = chain
    x, y = corners[source]
    points = [(x + BOX_WIDTH, y + sizes[source] / 2)]
    for lane in lanes:
        x, y = corners[lane]
        points += [(x, y + _LANE / 2), (x + BOX_WIDTH, y + _LANE / 2)]
    entering = [number for number, arrow in enumerate(arrows) if arrow[1] == target]
    x, y = corners[target]
    return [*points, (x, y + sizes[target] * (entering.index(place) + 1) / (len(entering) + 1))]
