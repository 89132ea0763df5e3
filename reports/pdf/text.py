"""Breaks texts of several styles into lines that fit a width."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from reports.pdf.fonts import FALLBACK, REPLACEMENT, glyph, text_width
from reports.pdf.palette import INK, Color

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one style; size in points."""

    text: str
    size: float = 10
    bold: bool = False
    colour: Color = INK


class Piece(NamedTuple):
    """What one font draws of a line."""

    text: str
    font: str
    size: float
    colour: Color


Line = tuple[Piece, ...]


class _Cell(NamedTuple):
    """One character with its looks."""

    text: str
    font: str
    size: float
    colour: Color
    width: float

    @property
    def breaks(self) -> bool:
        """Whether a line may end behind this character: a space, or one of a script that sets no spaces."""
        return self.text == " " or self.font == FALLBACK


def wrap(spans: Iterable[Span], width: float) -> list[Line]:
    """Return the lines of a paragraph; a word wider than the line is cut, a line break in the text is kept."""
    lines: list[Line] = []
    for row in _rows(spans):
        lines.extend(_line(cells) for cells in _fill(row, width))
    return lines


def shorten(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return a text on one line, its end replaced by an ellipsis if it is wider than `width`."""
    line = clean(text).replace("\n", " ")
    if text_width(line, size, bold=bold) <= width:
        return line
    while line and text_width(line + ELLIPSIS, size, bold=bold) > width:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


def clean(text: str) -> str:
    """Return a text in composed form: line breaks kept, tabs as spaces, controls visible, invisible marks left out."""
    joined = "\n".join(unicodedata.normalize("NFC", text).splitlines())
    if joined.isascii() and joined.isprintable():
        return joined
    return "".join(_shown(character) for character in joined)


def _shown(character: str) -> str:
    """Return what is drawn for a character."""
    if character == "\n":
        return character
    match unicodedata.category(character):
        case "Zs":
            return " "
        case "Cc" | "Cs":
            return " " if character == "\t" else REPLACEMENT
        case "Cf":
            return ""  # such as direction marks: they would shift what a reader takes for the text
        case _:
            return character


def _rows(spans: Iterable[Span]) -> Iterator[list[_Cell]]:
    """Yield the cells between line breaks."""
    row: list[_Cell] = []
    for span in spans:
        for character in clean(span.text):
            if character == "\n":
                yield row
                row = []
            else:
                drawn = glyph(character, bold=span.bold)
                row.append(_Cell(drawn.text, drawn.font, span.size, span.colour, drawn.width * span.size / 1000))
    yield row


def _fill(row: list[_Cell], width: float) -> Iterator[list[_Cell]]:
    """Yield as many cells a line as fit, parted at the last place where a line may end."""
    start, place, used = 0, 0, 0.0
    for index, cell in enumerate(row):
        used += cell.width
        while used > width and index > start and cell.text != " ":  # a space may hang over the edge
            end = place if place > start else index
            yield row[start:end]
            start, used = end, sum(rest.width for rest in row[end : index + 1])
        if cell.breaks:
            place = index + 1
    yield row[start:]


def _line(cells: Sequence[_Cell]) -> Line:
    """Return the cells as pieces of one look each, without the space that ends a line."""
    pieces = [
        Piece("".join(cell.text for cell in group), *look)
        for look, group in groupby(cells, key=lambda cell: (cell.font, cell.size, cell.colour))
    ]
    while pieces and not pieces[-1].text.rstrip(" "):
        pieces.pop()
    if pieces:
        pieces[-1] = pieces[-1]._replace(text=pieces[-1].text.rstrip(" "))
    return tuple(pieces)
