"""Runs what documents show: their Python blocks, each on its own, with the fixtures that a comment above it names."""

from __future__ import annotations

import re
import unittest
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
_GIVEN = re.compile(r"<!-- given: (.*) -->")
_LATER = re.compile(r"> Comes with issue \d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block, with the fixtures that it needs, and whether its feature is still to come."""

    heading: str
    number: int
    language: str
    text: str
    given: tuple[str, ...] = ()
    later: bool = False

    def __str__(self) -> str:
        return f"{self.heading} {self.number}"


def headings(document: str) -> list[str]:
    """Return a document's headings as they stand, `#` signs and all; those inside of blocks are none."""
    outside = re.sub(r"^```.*?^```$", "", (DOCS / document).read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^#+ .+$", outside, flags=re.MULTILINE)


def blocks(document: str) -> list[Block]:
    """Return a document's fenced blocks."""
    return list(_read((DOCS / document).read_text().splitlines()))


def python_blocks(document: str) -> list[Block]:
    """Return the blocks that must run."""
    return [block for block in blocks(document) if block.language == "python" and not block.later]


def _read(lines: list[str]) -> Iterator[Block]:
    heading, number, above = "", 0, ""
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            end = lines.index("```", at + 1)
            number += 1
            given = _GIVEN.match(above)
            yield Block(
                heading=heading,
                number=number,
                language=line[3:],
                text="\n".join(lines[at + 1 : end]) + "\n",
                given=tuple(given[1].split(", ")) if given else (),
                later=bool(_LATER.match(above)),
            )
            at = end
        elif line.startswith("#"):
            heading, number = line.lstrip("# "), 0
        above = lines[at].strip() or above
        at += 1


def run_block(block: Block, document: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Run a block and what it defines as tests; return its names."""
    for fixture in block.given:
        request.getfixturevalue(fixture)
    names: dict[str, Any] = {"__name__": f"{document}: {block}"}
    exec(compile(block.text, f"{document}: {block}", "exec", dont_inherit=True), names)  # noqa: S102  (our own documents)
    for name, value in list(names.items()):
        if name.startswith("test_"):
            value(**{wanted: request.getfixturevalue(wanted) for wanted in signature(value).parameters})
        elif isinstance(value, type) and issubclass(value, unittest.TestCase) and value.__module__ == names["__name__"]:
            result = unittest.defaultTestLoader.loadTestsFromTestCase(value).run(unittest.TestResult())
            assert result.testsRun
            assert result.wasSuccessful(), result.errors + result.failures
    return names
