"""Chooses for each character a font that can draw it, from the fonts kept in `reports/fonts`."""

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
FALLBACK: Final = "DroidSansFallback"
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

EMBEDDING: Final = Lock()
"""Held while a document is saved: reportlab cuts its subsets from font objects that all threads share."""

_FOLDER = Path(__file__).resolve().parent.parent / "fonts"
_LOADING = Lock()

# Only reports uses the library in this process. Base 85 would make the files a quarter larger, for text-only transport.
rl_config.useA85 = 0


class Glyph(NamedTuple):
    """A character as it is drawn: in which font, and how wide (thousandths of the size)."""

    font: str
    text: str
    width: float


@lru_cache(maxsize=16_384)
def glyph(character: str, *, bold: bool) -> Glyph:
    """Return how a character is drawn; one that no font holds becomes the replacement sign."""
    for name in (BOLD if bold else REGULAR, FALLBACK):
        face = font(name).face
        if ord(character) in face.charToGlyph:
            return Glyph(name, character, face.charWidths.get(ord(character), face.defaultWidth))
    return glyph(REPLACEMENT, bold=bold)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in points."""
    return sum(glyph(character, bold=bold).width for character in text) * size / 1000


@lru_cache(maxsize=3)
def font(name: str) -> TTFont:
    """Return a font, read on first use and then known to reportlab by its name."""
    with _LOADING:
        loaded = TTFont(name, str(_FOLDER / f"{name}.ttf"))
        pdfmetrics.registerFont(loaded)
    return loaded
