"""The colours of a report."""

from typing import Final

from reportlab.lib.colors import Color, HexColor

PRIMARY: Final = HexColor("#2563eb")
SECONDARY: Final = HexColor("#64748b")
INK: Final = HexColor("#0f172a")
HAIRLINE: Final = HexColor("#e2e8f0")
PANEL: Final = HexColor("#f8fafc")
EMPHASIS: Final = HexColor("#eff6ff")
GOOD: Final = HexColor("#15803d")
CAUTION: Final = HexColor("#b45309")
CAUTION_PANEL: Final = HexColor("#fffbeb")

__all__ = [
    "CAUTION",
    "CAUTION_PANEL",
    "EMPHASIS",
    "GOOD",
    "HAIRLINE",
    "INK",
    "PANEL",
    "PRIMARY",
    "SECONDARY",
    "Color",
]
