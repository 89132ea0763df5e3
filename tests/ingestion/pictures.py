"""Reads pictures back."""

from __future__ import annotations

from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def read_picture(drawn: str | None) -> ET.Element:
    """Return a picture's root; fails for what is not well-formed."""
    assert drawn is not None
    return ET.fromstring(drawn)  # noqa: S314  # written by the code under test
