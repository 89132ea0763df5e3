"""How times, spans, counts and states are written on the operator's pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobs.states import State

register = template.Library()

_GOOD: Final = (State.COMPLETED, "finished", "closed", "alive", "good")
_WARN: Final = (State.DELAYED, State.BLOCKED, "stopped", "paused", "silent", "warning", "suspected")
_BAD: Final = (State.FAILED, "open", "lost", "fenced", "bad", "critical")
TONES: Final[dict[str, str]] = {
    str(word): tone for tone, words in (("good", _GOOD), ("warn", _WARN), ("bad", _BAD)) for word in words
}
"""Word → tone of its badge; any other has none."""
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
BAR: Final = 5
HIGH: Final = 24


@register.filter
def when(at: datetime | None) -> SafeString | str:
    """Return a time of day with its date; the browser shows it in the viewer's zone, the exact one on hover."""
    return _time(at, f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", kind="when") if at else "–"


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """Return how long ago a time is (or in how long it will be), the exact one on hover."""
    if at is None:
        return "–"
    past = timezone.now() - at
    return _time(at, f"{span(past)} ago" if past >= timedelta(0) else f"in {span(-past)}", kind="ago")


def _time(at: datetime, words: str, *, kind: str) -> SafeString:
    exact = at.astimezone(UTC)
    return format_html(
        '<time class="jobs-nowrap" data-jobs-time="{}" datetime="{}" title="{} UTC">{}</time>',
        kind,
        exact.isoformat(),
        f"{exact:%Y-%m-%d %H:%M:%S.%f}"[:-3],
        words,
    )


@register.filter
def span(length: timedelta | float | None) -> str:
    """Return a span in its two largest units; a number is seconds."""
    if length is None:
        return "–"
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:  # below that a tenth is worth saying
        return f"{seconds:.1f} s"
    for place, (size, unit) in enumerate(_UNITS):
        if seconds >= size:
            whole, rest = divmod(round(seconds), size)
            smaller = _UNITS[place + 1] if place + 1 < len(_UNITS) else None
            more = f" {rest // smaller[0]} {smaller[1]}" if smaller and rest >= smaller[0] and whole < BAR else ""
            return f"{whole} {unit}{more}"
    return "0 s"


@register.filter
def ms(milliseconds: float | None) -> str:
    """Return a span that is given in milliseconds."""
    return "–" if milliseconds is None else span(milliseconds / 1000)


@register.filter
def count(number: int | None) -> str:
    """Return a number with its thousands apart."""
    return "–" if number is None else f"{number:,}"


@register.filter
def badge(word: str) -> SafeString:
    """Return a state as a badge in its colour."""
    tone = TONES.get(word, "")
    return format_html('<span class="jobs-badge{}">{}</span>', f" jobs-{tone}" if tone else "", word)


@register.filter
def bars(counts: Sequence[int]) -> SafeString | str:
    """Return counts as little bars, the last one at the right."""
    if not counts:
        return ""
    top = max(*counts, 1)
    heights = [max(1 if n else 0, round(HIGH * n / top)) for n in counts]
    rects = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        ((place * BAR, HIGH - high, BAR - 1, high) for place, high in enumerate(heights)),
    )
    return format_html(
        '<svg class="jobs-bars" viewBox="0 0 {} {}" role="img" aria-label="{}" preserveAspectRatio="none">{}</svg>',
        len(counts) * BAR,
        HIGH,
        f"by hour, now last: {', '.join(map(str, counts))}",
        rects,
    )


@register.filter
def of(part: float, whole: float) -> int:
    """Return a share in whole per cent, rounded down, so that only all is a hundred."""
    return int(100 * part / whole) if whole else 0


@register.filter
def line(counts: Sequence[int]) -> SafeString | str:
    """Return counts as a little line, the last one at the right."""
    top = max(*counts, 1)
    last = max(len(counts) - 1, 1)
    points = " ".join(f"{100 * place / last:.1f},{23 - 22 * n / top:.1f}" for place, n in enumerate(counts))
    return format_html(
        '<svg class="jobs-line" viewBox="0 0 100 {}" role="img" aria-label="{}" preserveAspectRatio="none">'
        '<polyline points="{}"/></svg>',
        HIGH,
        f"ended each minute of the last hour, at most {max(counts, default=0)}",
        points,
    )
