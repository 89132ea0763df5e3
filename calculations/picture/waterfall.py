"""Draws how a price came to differ from the base price: a bar for each node of the main line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString

from calculations.graph.waterfall import Segment
from ingestion import svg
from ingestion.numbers import CONTEXT, dec
from ingestion.plot_scale import Scale

WIDTH = 760
ROW = 28
LEFT, RIGHT = 200, 160
_BAR = 14
_LONGEST_NAME = 28
_THINNEST = 2


def draw_waterfall(
    segments: Sequence[Segment], *, names: Mapping[str, str], base_price: Decimal, title: str
) -> SafeString:
    """Return the way from the base price down to the calculated price as SVG; `names` are labels by node id.

    Bars hang between the values before and after a node, so the axis need not begin at 0.
    """
    levels = _levels(base_price, segments)
    across = Scale(low=float(min(levels)), high=float(max(levels)), start=LEFT, end=WIDTH - RIGHT)
    rows = [names.get(segment.node_id) or segment.node_id for segment in segments]
    told = [f"{name} {_signed(segment.delta)}." for name, segment in zip(rows, segments, strict=True)]
    words = [f"Base price {dec(base_price)}.", *told, f"Calculated price {dec(levels[-1])}."]
    picture = svg.picture(width=WIDTH, height=ROW * len(words), title=title, description=" ".join(words))
    _draw_level(picture, 0, "Base price", levels[0], across)
    for row, (name, segment) in enumerate(zip(rows, segments, strict=True), start=1):
        _draw_delta(
            picture, row, name, segment.delta, (across.at(float(levels[row - 1])), across.at(float(levels[row])))
        )
    _draw_level(picture, len(words) - 1, "Calculated price", levels[-1], across)
    return svg.markup(picture)


def _levels(base_price: Decimal, segments: Sequence[Segment]) -> list[Decimal]:
    """Return the value before the first segment and after each."""
    levels = [base_price]
    with localcontext(CONTEXT):
        for segment in segments:
            levels.append(levels[-1] + segment.delta)
    return levels


def _signed(delta: Decimal) -> str:
    return f"+{dec(delta)}" if delta > 0 else dec(delta)


def _draw_level(picture: Element, row: int, name: str, value: Decimal, across: Scale) -> None:
    x = across.at(float(value))
    top = row * ROW
    mark = svg.add(picture, "g", class_=svg.STRONG, stroke="currentColor", stroke_width=3)
    svg.add(mark, "line", x1=x, x2=x, y1=top + 5, y2=top + ROW - 5)
    _draw_texts(picture, row, name, dec(value), colour=svg.STRONG)


def _draw_delta(picture: Element, row: int, name: str, delta: Decimal, ends: tuple[float, float]) -> None:
    before, after = ends
    top = row * ROW
    colour = svg.FAINT if not delta else svg.GOOD if delta > 0 else svg.BAD
    group = svg.add(picture, "g", class_=colour, fill="currentColor", stroke="none")
    width = max(abs(after - before), _THINNEST)
    svg.add(group, "rect", x=min(before, after), y=top + (ROW - _BAR) / 2, width=width, height=_BAR, rx=2)
    lead = svg.add(picture, "g", class_=svg.FAINT, stroke="currentColor", stroke_opacity=0.5)
    svg.add(lead, "line", x1=before, x2=before, y1=top - (ROW - _BAR) / 2, y2=top + (ROW - _BAR) / 2)
    _draw_texts(picture, row, name, _signed(delta), colour=colour)


def _draw_texts(picture: Element, row: int, name: str, number: str, *, colour: str) -> None:
    y = row * ROW + ROW / 2 + 4
    shown = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    label = svg.add(picture, "text", text=shown, x=0, y=y, font_size=12, fill="currentColor")
    svg.add(label, "title", text=name)
    svg.add(picture, "text", text=number, x=WIDTH, y=y, font_size=12, text_anchor="end", fill="currentColor").set(
        "class", colour
    )
