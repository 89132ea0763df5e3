"""Pages of a report: a pen that moves down, and a footer that knows how many pages there are."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import inf
from typing import Final

from reportlab.lib.pagesizes import letter

from reports.pdf.canvas import NumberedCanvas
from reports.pdf.fonts import text_width
from reports.pdf.palette import HAIRLINE, SECONDARY, Color
from reports.pdf.text import Line, Span, wrap

MARGIN: Final = 50.0
LEADING: Final = 1.45
"""Distance of two lines, in sizes."""

_FOOTER_SIZE = 8
_FOOTER_BASE = 28.0


class Sheet:
    """A document under construction: what is written starts at `y` and moves it down, onto new pages as needed."""

    def __init__(self, *, title: str, author: str, subject: str, footer: str, created: datetime) -> None:
        self.canvas = NumberedCanvas(title=title, author=author, subject=subject, created=created)
        self._footer = footer
        self._outline: str | None = None
        self.running_title = ""
        self.width = letter[0] - 2 * MARGIN
        self.top = letter[1] - MARGIN
        self.y = self.top

    @property
    def room(self) -> float:
        """The height that is left on this page."""
        return self.y - MARGIN

    def outline(self, title: str) -> None:
        """Name this page in the document's outline."""
        self._outline = title

    def next_page(self) -> None:
        """Finish this page; its footer is drawn at the end, when the number of pages is known."""
        self.canvas.keep_page(self._outline)
        self._outline = None
        self.y = self.top

    def need(self, height: float) -> None:
        """Go to the next page unless so much room is left; the running title is set on top of it."""
        if height <= self.room or self.y == self.top:
            return
        self.next_page()
        if self.running_title:
            self.write([Span(self.running_title, 8.5, colour=SECONDARY)])
            self.gap(8)

    def gap(self, height: float) -> None:
        """Leave room, unless the page is at its start."""
        if self.y != self.top:
            self.y -= height

    def write(self, spans: Iterable[Span], *, indent: float = 0) -> None:
        """Write a paragraph, over as many pages as it takes."""
        for line in wrap(spans, self.width - indent):
            height = line_height(line)
            self.need(height)
            self.y -= height
            self.draw_line(line, MARGIN + indent, self.y + height * 0.28)

    def draw_line(self, line: Line, x: float, y: float) -> None:
        """Draw a line of text at a place of this page; y is the base line."""
        text = self.canvas.beginText(x, y)
        for piece in line:
            text.setFont(piece.font, piece.size)
            text.setFillColor(piece.colour)
            text.textOut(piece.text)
        self.canvas.drawText(text)

    def draw(self, span: Span, x: float, y: float) -> None:
        """Draw a short text, which the caller has measured, at a place of this page."""
        for line in wrap([span], inf):
            self.draw_line(line, x, y)

    def rule(self, *, colour: Color = HAIRLINE, thickness: float = 0.6) -> None:
        """Draw a line across the page, at the pen."""
        self.line(MARGIN, MARGIN + self.width, self.y, colour=colour, thickness=thickness)

    def line(self, start: float, end: float, y: float, *, colour: Color, thickness: float = 0.6) -> None:
        """Draw a level line."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(start, y, end, y)

    def box(self, x: float, y: float, width: float, height: float, colour: Color) -> None:
        """Fill a rectangle; x and y are its lower left corner."""
        self.canvas.setFillColor(colour)
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def panel(self, paragraphs: Sequence[Sequence[Span]], *, fill: Color, bar: Color) -> None:
        """Write paragraphs on a coloured ground with a bar at its left; one too tall for a page has no ground."""
        inset = 14.0
        lines = [line for paragraph in paragraphs for line in wrap(paragraph, self.width - 2 * inset)]
        height = sum(map(line_height, lines)) + 14
        if height > self.top - MARGIN - 30:
            for paragraph in paragraphs:
                self.write(paragraph)
            return
        self.need(height)
        self.box(MARGIN, self.y - height, self.width, height, fill)
        self.box(MARGIN, self.y - height, 3, height, bar)
        y = self.y - 7
        for line in lines:
            y -= line_height(line)
            self.draw_line(line, MARGIN + inset, y + line_height(line) * 0.28)
        self.y -= height

    def facts(self, rows: Iterable[tuple[str, str]], *, size: float = 9.5, label_width: float = 130) -> None:
        """Write a table of labels and values, parted by hairlines; long values wrap."""
        for label, value in rows:
            lines = wrap([Span(value, size)], self.width - label_width)
            self.need(min(len(lines), 3) * size * LEADING + 6)
            labels: list[Line] = wrap([Span(label, size, colour=SECONDARY)], label_width - 8)
            self.y -= 3
            for number, line in enumerate(lines):
                self.need(size * LEADING)
                self.y -= size * LEADING
                base = self.y + size * LEADING * 0.28
                if number < len(labels):
                    self.draw_line(labels[number], MARGIN, base)
                self.draw_line(line, MARGIN + label_width, base)
            self.y -= 3
            self.rule()

    def finish(self) -> bytes:
        """Finish the last page and return the file."""
        self.next_page()
        return self.canvas.finish(self._draw_footer)

    def _draw_footer(self, number: int, pages: int) -> None:
        """Draw the footer in the bottom margin of a page."""
        text = f"{self._footer} | Page {number} of {pages}"
        start = MARGIN + (self.width - text_width(text, _FOOTER_SIZE)) / 2
        self.line(MARGIN, MARGIN + self.width, _FOOTER_BASE + 12, colour=HAIRLINE)
        self.draw(Span(text, _FOOTER_SIZE, colour=SECONDARY), start, _FOOTER_BASE)


def line_height(line: Line) -> float:
    """Return the height that a line takes; an empty one is as tall as a line of 10 points."""
    return max((piece.size for piece in line), default=10.0) * LEADING
