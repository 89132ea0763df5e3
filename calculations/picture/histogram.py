"""Draws how many items move by how much."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from django.utils.safestring import SafeString

from ingestion import svg
from ingestion.plot_scale import Scale, ticks

WIDTH, HEIGHT = 760, 200
TOP, BOTTOM = 20, 24
_BARS_A_STEP = 4


def draw_histogram(percents: Sequence[float], *, title: str) -> SafeString:
    """Return the spread of changes in percent as SVG: a bar for each span, red below 0; `percents` is in order."""
    marks = ticks(min(percents), max(percents))
    edges = _edges(marks)
    counts = _counts(percents, edges)
    across = Scale(low=edges[0], high=edges[-1], start=0, end=WIDTH)
    up = Scale(low=0, high=max(counts), start=HEIGHT - BOTTOM, end=TOP)
    middle = percents[len(percents) // 2]
    words = f"{len(percents)} items move by {percents[0]:.2f} % to {percents[-1]:.2f} %, in the middle {middle:.2f} %."
    picture = svg.picture(width=WIDTH, height=HEIGHT, title=title, description=words)
    for (low, high), count in zip(pairwise(edges), counts, strict=True):
        colour = svg.BAD if high <= 0 else svg.GOOD
        x, width = across.at(low), across.at(high) - across.at(low) - 1
        group = svg.add(picture, "g", class_=colour, fill="currentColor")
        bar = svg.add(group, "rect", x=x, y=up.at(count), width=width, height=up.at(0) - up.at(count))
        svg.add(bar, "title", text=f"{low:.4g} % to {high:.4g} %: {count} items")
        if count == max(counts):
            svg.add(
                group, "text", text=str(count), x=x + width / 2, y=up.at(count) - 4, font_size=11, text_anchor="middle"
            )
    axis = svg.add(picture, "g", class_=svg.FAINT, fill="currentColor", font_size=11)
    for mark in marks:
        anchor = "start" if mark == marks[0] else "end" if mark == marks[-1] else "middle"
        svg.add(axis, "text", text=f"{mark:.6g} %", x=across.at(mark), y=HEIGHT - 6, text_anchor=anchor)
    return svg.markup(picture)


def _edges(marks: Sequence[float]) -> list[float]:
    """Return the ends of the spans: each step of the axis in equal parts, so that 0 is an end if it is inside."""
    step = (marks[1] - marks[0]) / _BARS_A_STEP
    return [marks[0] + step * number for number in range((len(marks) - 1) * _BARS_A_STEP + 1)]


def _counts(percents: Sequence[float], edges: Sequence[float]) -> list[int]:
    """Return how many numbers each span holds; a number on an end counts above it, on the last end below."""
    counts = [0] * (len(edges) - 1)
    for percent in percents:
        counts[min(bisect_right(edges, percent), len(counts)) - 1] += 1
    return counts
