"""Draws the latest calls of an endpoint."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from ingestion import svg
from ingestion.plot_scale import Scale
from webhooks.services.health import Call

WIDTH, HEIGHT = 760, 90
BASE, TOP = 74, 14
_STEP = 7.5
_LEAST = 3


def draw_calls(calls: Sequence[Call], *, title: str) -> SafeString:
    """Return a bar for each call as SVG, the latest on the right: as high as it took long, red if it failed."""
    longest = max(call.milliseconds for call in calls)
    up = Scale(low=0, high=max(longest, 1), start=BASE, end=TOP)
    good = sum(call.is_success for call in calls)
    words = f"{good} of {len(calls)} calls were answered with 2xx; the longest took {longest:.0f} ms."
    picture = svg.picture(width=WIDTH, height=HEIGHT, title=title, description=words)
    for place, call in enumerate(calls):
        y = min(up.at(call.milliseconds), BASE - _LEAST)
        group = svg.add(picture, "g", class_=svg.GOOD if call.is_success else svg.BAD, fill="currentColor")
        x = WIDTH - _STEP * (len(calls) - place)
        bar = svg.add(group, "rect", x=x, y=y, width=_STEP - 1.5, height=BASE - y)
        told = f"{call.started_at:%Y-%m-%d %H:%M:%S}: {call.outcome}, {call.milliseconds:.0f} ms"
        svg.add(bar, "title", text=told)
    axis = svg.add(picture, "g", class_=svg.FAINT, fill="currentColor", font_size=11)
    svg.add(axis, "text", text=f"{longest:.0f} ms", x=0, y=TOP)
    start = WIDTH - _STEP * len(calls)
    svg.add(axis, "text", text=f"{calls[0].started_at:%Y-%m-%d %H:%M}", x=min(start, WIDTH - 220), y=HEIGHT - 2)
    svg.add(axis, "text", text=f"{calls[-1].started_at:%Y-%m-%d %H:%M}", x=WIDTH, y=HEIGHT - 2, text_anchor="end")
    return svg.markup(picture)
