"""Draws how far a batch or a load is."""

from __future__ import annotations

from django.utils.safestring import SafeString

from ingestion import svg

WIDTH, HEIGHT = 480, 12


def draw_progress(*, total: int, succeeded: int, failed: int, noun: str = "items") -> SafeString:
    """Return a bar as SVG: what succeeded, then what failed, then what is left."""
    words = f"{succeeded} of {total} {noun} succeeded, {failed} failed."
    picture = svg.picture(width=WIDTH, height=HEIGHT, title="Progress", description=words)
    x = 0.0
    left = max(total - succeeded - failed, 0)
    for colour, count, opacity in ((svg.GOOD, succeeded, 1), (svg.BAD, failed, 1), (svg.FAINT, left, 0.2)):
        width = WIDTH * count / max(total, succeeded + failed, 1)
        if count:
            part = svg.add(picture, "g", class_=colour, fill="currentColor", fill_opacity=opacity)
            svg.add(part, "rect", x=x, y=0, width=width, height=HEIGHT)
        x += width
    return svg.markup(picture)
