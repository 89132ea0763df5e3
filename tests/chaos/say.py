"""What a run says on standard output: seen at once, also through a pipe."""

from __future__ import annotations

import sys


def say(words: str) -> None:
    """Write a line."""
    if words:
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()
