"""What the box of a node says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Protocol

LINE_HEIGHT = 15
_PADDING = 18
_WIDEST = 25
_MOST_CONFIG_LINES = 4
_MOST_PROBLEM_LINES = 5
_LONGEST = 1_000
_SPEAKS_FOR_ITSELF = {"series", "operation", "function", "input", "value", "currency", "unit", "mode"}
"""Keys whose value needs no name beside it."""


class Finding(Protocol):
    """What is wrong with a node, or was when it ran."""

    @property
    def code(self) -> str:
        """For programs."""

    @property
    def message(self) -> str:
        """For people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The lines of a box, cut to its width; `full` has everything, for whoever points at it."""

    name: str
    type: str
    config: list[str]
    value: list[str]
    problems: list[tuple[str, bool]]
    full: str

    @property
    def height(self) -> float:
        """Return the height in pixels that the lines need."""
        return LINE_HEIGHT * (2 + len(self.config) + len(self.value) + len(self.problems)) + _PADDING


def card_of(
    node: Mapping[str, Any], *, errors: Sequence[Finding], warnings: Sequence[Finding], value: str = ""
) -> Card:
    """Return the card of a node's JSON with its value and the findings; a line of those knows if it is an error."""
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
        value=_lines(f"= {value}", 2) if value else [],
        problems=problems,
        full="\n".join([f"{node['id']} ({node['type']})", whole, *([f"= {value}"] if value else []), *told]),
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
