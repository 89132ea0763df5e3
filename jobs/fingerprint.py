"""What makes two failures the same one: error, actor, and where in our own code it happened."""

from __future__ import annotations

import hashlib
import re
from typing import Final

_FRAME: Final = re.compile(r'^ *File "([^"]+)", line \d+, in (\S+)', re.MULTILINE)
_FOREIGN: Final = ("site-packages", "dist-packages", "/lib/python", "<frozen", "<string>", "/jobs/worker/", "\\lib\\")
FRAMES: Final = 3
"""Own frames that count: the innermost ones."""
LENGTH: Final = 16


def fingerprint(actor: str, error_type: str, traceback: str) -> str:
    """Return sixteen hex digits that are equal for equal failures.

    Line numbers and messages do not count: they differ between versions and between jobs.
    """
    parts = [actor, error_type, *own_frames(traceback)[-FRAMES:]]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:LENGTH]


def own_frames(traceback: str) -> list[str]:
    """Return the frames of a traceback that are not of a library, as `folder/file.py:function`, outermost first."""
    found = [match.groups() for match in _FRAME.finditer(traceback)]
    return [f"{_tail(path)}:{function}" for path, function in found if not any(part in path for part in _FOREIGN)]


def _tail(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-2:])
