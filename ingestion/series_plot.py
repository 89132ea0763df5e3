"""Draws the values of a series over time: a line for each version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString

from ingestion import svg
from ingestion.numbers import dec
from ingestion.plot_scale import Scale, ticks
from ingestion.versions import VersionTag

WIDTH, HEIGHT = 880, 300
LEFT, RIGHT, TOP, BOTTOM = 84, 12, 34, 30
_DAY_LABELS = 6
_FEW = 40
"""Up to so many values of a version, each has a dot of its own."""
_STROKES = {
    VersionTag.FINAL.value: (svg.STRONG, ""),
    VersionTag.REVISED.value: (svg.DOUBTFUL, "7 3"),
    VersionTag.PRELIMINARY.value: (svg.FAINT, "2 3"),
}

Point = tuple[date, Decimal]


def draw_series(points: Mapping[str, Sequence[Point]], *, title: str, unit: str = "") -> SafeString | None:
    """Return the points of each version tag as SVG, or None if there are none; each version is in order of days.

    Numbers become floats for the drawing only, so a point is right to a pixel.
    """
    versions = {tag: points[tag] for tag in _STROKES if points.get(tag)}
    if not versions:
        return None
    days = [day for line in versions.values() for day, _ in line]
    values = [float(value) for line in versions.values() for _, value in line]
    marks = ticks(min(values), max(values))
    across = Scale(low=min(days).toordinal(), high=max(days).toordinal(), start=LEFT, end=WIDTH - RIGHT)
    up = Scale(low=marks[0], high=marks[-1], start=HEIGHT - BOTTOM, end=TOP)
    picture = svg.picture(width=WIDTH, height=HEIGHT, title=title, description=" ".join(_in_words(versions)))
    _draw_axes(picture, marks, across, up, unit)
    for place, (tag, line) in enumerate(versions.items()):
        _draw_version(picture, tag, [(across.at(day.toordinal()), up.at(float(value))) for day, value in line])
        _draw_name(picture, tag, x=LEFT + 130 * place)
    return svg.markup(picture)


def _in_words(versions: Mapping[str, Sequence[Point]]) -> Iterator[str]:
    """Yield a sentence for each version, for people who are read the page."""
    for tag, line in versions.items():
        (first, before), (last, after) = line[0], line[-1]
        least, most = min(value for _, value in line), max(value for _, value in line)
        yield (
            f"{VersionTag(tag).label}: {len(line)} values from {first} ({dec(before)}) to {last} ({dec(after)}), "
            f"the least {dec(least)}, the most {dec(most)}."
        )


def _draw_axes(picture: Element, marks: Sequence[float], across: Scale, up: Scale, unit: str) -> None:
    axes = svg.add(picture, "g", class_=svg.FAINT, fill="currentColor", font_size=11)
    for mark in marks:
        y = up.at(mark)
        svg.add(axes, "line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, stroke="currentColor", stroke_opacity=0.3)
        svg.add(axes, "text", text=f"{mark:.10g}", x=LEFT - 8, y=y + 4, text_anchor="end")
    for day in sorted({round(across.value_at(part / (_DAY_LABELS - 1))) for part in range(_DAY_LABELS)}):
        x = across.at(day)
        svg.add(axes, "line", x1=x, x2=x, y1=HEIGHT - BOTTOM, y2=HEIGHT - BOTTOM + 4, stroke="currentColor")
        anchor = "end" if x > WIDTH - LEFT else "start" if x < LEFT + 1 else "middle"
        svg.add(axes, "text", text=date.fromordinal(day).isoformat(), x=x, y=HEIGHT - 8, text_anchor=anchor)
    if unit:
        svg.add(axes, "text", text=unit, x=WIDTH - RIGHT, y=14, text_anchor="end")


def _draw_version(picture: Element, tag: str, spots: Sequence[tuple[float, float]]) -> None:
    colour, dashes = _STROKES[tag]
    group = svg.add(picture, "g", class_=colour, fill="none", stroke="currentColor", stroke_width=1.8)
    line = svg.add(group, "polyline", points=" ".join(f"{svg.number(x)},{svg.number(y)}" for x, y in spots))
    if dashes:
        line.set("stroke-dasharray", dashes)
    for x, y in spots if len(spots) <= _FEW else ():
        svg.add(group, "circle", cx=x, cy=y, r=2.5, fill="currentColor", stroke="none")


def _draw_name(picture: Element, tag: str, *, x: float) -> None:
    """Draw a version's entry of the legend."""
    _draw_version(picture, tag, [(x, 10), (x + 28, 10)])
    svg.add(picture, "text", text=VersionTag(tag).label, x=x + 36, y=14, font_size=11, fill="currentColor")
