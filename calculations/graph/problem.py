"""What a validator says about a graph."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """The validator's codes (domain specification, 5.3)."""

    INVALID_SCHEMA = "INVALID_SCHEMA"
    DUPLICATE_NODE_ID = "DUPLICATE_NODE_ID"
    MISSING_OUTPUT_NODE = "MISSING_OUTPUT_NODE"
    INVALID_EDGE = "INVALID_EDGE"
    INVALID_NODE_CONFIG = "INVALID_NODE_CONFIG"
    CYCLIC_GRAPH = "CYCLIC_GRAPH"
    INVALID_OPERATION = "INVALID_OPERATION"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    UNIT_MISMATCH = "UNIT_MISMATCH"
    UNREACHABLE_NODE = "UNREACHABLE_NODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding, and the node or edge it is about."""

    code: Code
    message: str
    node_id: str | None = None
    edge: tuple[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding with the keys that apply to it."""
        found: dict[str, Any] = {"code": self.code.value, "message": self.message}
        if self.node_id is not None:
            found["nodeId"] = self.node_id
        if self.edge is not None:
            found["edge"] = {"from": self.edge[0], "to": self.edge[1]}
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All findings about one graph; warnings leave it valid."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the graph may be saved and run."""
        return not self.errors

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as the validator's answer."""
        return {
            "valid": self.valid,
            "errors": [problem.as_json() for problem in self.errors],
            "warnings": [problem.as_json() for problem in self.warnings],
        }
