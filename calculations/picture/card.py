"""What the box of a node says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from calculations.graph.problem import Problem

LINE_HEIGHT = 15
_PADDING = 18
_WIDEST = 25
_MOST_CONFIG_LINES = 4
_MOST_PROBLEM_LINES = 5
_LONGEST = 1_000
_SPEAKS_FOR_ITSELF = {"series", "operation", "function", "input", "value", "currency", "unit", "mode"}
"""Keys whose value needs no name beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The lines of a box, cut to its width; `full` has everything, for whoever points at it."""

    name: str
    type: str
    config: list[str]
    problems: list[tuple[str, bool]]
    full: str

    @property
    def height(self) -> float:
        """Return the height in pixels that the lines need."""
        return LINE_HEIGHT * (2 + len(self.config) + len(self.problems)) + _PADDING


def card_of(node: Mapping[str, Any], *, errors: Sequence[Problem], warnings: Sequence[Problem]) -> Card:
    """Return the card of a node's JSON with the findings about it; a line of a finding knows if it is an error."""
    name = node.get("label") or node["id"]
    prefix = f"Node {node['id']}: "
    problems = [
        (line, is_error)
        for found, is_error in ((errors, True), (warnings, False))
        for problem in found
        for line in _lines(f"{problem.code} {problem.message.removeprefix(prefix)}", _MOST_PROBLEM_LINES)
    ]
    told = [f"{problem.code}: {problem.message}" for problem in (*errors, *warnings)]
    whole = json.dumps(node["config"], ensure_ascii=False)
    return Card(
        name=_lines(name, 1)[0] if name.strip() else "-",
        type=node["type"] if name == node["id"] else _lines(f"{node['type']} {node['id']}", 1)[0],
        config=_lines(", ".join(_phrases(node["config"])), _MOST_CONFIG_LINES),
        problems=problems,
        full="\n".join([f"{node['id']} ({node['type']})", whole, *told]),
    )


def _phrases(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield each setting in words: `WTI`, `lagDays 30`, `triggerBand lower -5 upper 5`."""
    for key, value in config.items():
        said = _said(value)
        yield said if key in _SPEAKS_FOR_ITSELF else f"{key} {said}"


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_said(part)}" for key, part in value.items())
    if isinstance(value, list):
        return " ".join(_said(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value)


def _lines(text: str, most: int) -> list[str]:
    """Return the text in at most so many lines, the last with a sign that more follows."""
    lines = wrap(text[:_LONGEST], _WIDEST)
    if len(lines) > most:
        lines[most - 1] = f"{lines[most - 1][: _WIDEST - 2]} …"
    return lines[:most]
