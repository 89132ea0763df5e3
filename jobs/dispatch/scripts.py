"""Loads the Lua scripts, one command a file, joined from named parts."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "lua"
_PARTS = re.compile(r"^--@ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text and the SHA-1 by which Redis knows it."""

    name: str
    text: str
    sha: str


@cache
def script(name: str) -> Script:
    """Return the script `lua/{name}.lua`, its line `--@ part part` replaced by `lua/parts/{part}.lua`."""
    text = (_FOLDER / f"{name}.lua").read_text()
    text = _PARTS.sub(
        lambda line: "\n".join((_FOLDER / "parts" / f"{part}.lua").read_text() for part in line[1].split()), text
    )
    return Script(name, text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())
