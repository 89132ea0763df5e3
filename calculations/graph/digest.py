"""The fingerprint of a text."""

from __future__ import annotations

import hashlib


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
