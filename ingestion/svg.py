"""Writes small pictures as SVG text that a page takes in: escaped throughout, coloured by the page's classes."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString

FAINT = "text-base-500 dark:text-base-400"
STRONG = "text-primary-600 dark:text-primary-500"
BAD = "text-red-600 dark:text-red-500"
GOOD = "text-green-700 dark:text-green-400"
DOUBTFUL = "text-orange-700 dark:text-orange-400"
_SMALLEST = 0.7
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no form for, not even escaped."""


def picture(*, width: float, height: float, title: str, description: str) -> Element:
    """Return an empty picture of so many pixels; who cannot see it is read the title and the description.

    Where there is less room it shrinks, as long as its texts can be read.
    """
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "width": "100%"})
    svg.set("viewBox", f"0 0 {number(width)} {number(height)}")
    svg.set("style", f"max-width: {number(width)}px; min-width: {number(width * _SMALLEST)}px")
    add(svg, "title", text=title)
    add(svg, "desc", text=description)
    return svg


def add(parent: Element, tag: str, *, text: str | None = None, **attributes: str | float) -> Element:
    """Return a new part of a picture; `font_size` becomes `font-size`, `class_` becomes `class`."""
    part = SubElement(parent, tag)
    for name, value in attributes.items():
        written = number(value) if isinstance(value, int | float) else writable(value)
        part.set(name.rstrip("_").replace("_", "-"), written)
    if text is not None:
        part.text = writable(text)
    return part


def markup(svg: Element) -> SafeString:
    """Return the picture as safe text: the writer has escaped every text and attribute."""
    return SafeString(tostring(svg, encoding="unicode"))


def writable(text: str) -> str:
    """Return the text with a sign in place of each character that XML cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)


def number(value: float) -> str:
    """Return a coordinate cut to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")
