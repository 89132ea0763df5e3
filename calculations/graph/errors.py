"""Why a graph gives no price."""

from __future__ import annotations

from decimal import Decimal

from calculations.graph.problem import Verdict
from ingestion.numbers import dec


class GraphFailed(Exception):
    """Raised when a graph gives no price; `code` is for programs, `message` for people."""

    def __init__(self, code: str, message: str, node_id: str | None = None) -> None:
        self.code = code
        self.message = message
        self.node_id = node_id
        super().__init__(message)


class InvalidGraph(GraphFailed):
    """Raised when a graph does not pass the validator; code and message are those of its first error."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        first = verdict.errors[0]
        super().__init__(first.code.value, first.message, first.node_id)


class MissingBasePrice(GraphFailed):
    """Raised when a node reads the base price and the item has none."""

    def __init__(self, node_id: str) -> None:
        super().__init__("MISSING_BASE_PRICE", f"Node {node_id} needs the item's base price", node_id)


class DivisionByZero(GraphFailed):
    """Raised when a divisor, or the base of a percentage, is 0."""

    def __init__(self, node_id: str) -> None:
        super().__init__("DIVISION_BY_ZERO", f"Division by zero in node {node_id}", node_id)


class MathDomain(GraphFailed):
    """Raised when a function has no value for its input."""

    def __init__(self, node_id: str, function: str, value: Decimal) -> None:
        super().__init__("MATH_DOMAIN", f"Node {node_id}: {function} is undefined for {dec(value)}", node_id)


class ValueOutOfRange(GraphFailed):
    """Raised when a node's value reaches 10^16 in size."""

    def __init__(self, node_id: str) -> None:
        super().__init__("VALUE_OUT_OF_RANGE", f"Node {node_id}: value out of range", node_id)


class LookupMissing(GraphFailed):
    """Raised when a node needs an index value that was not found when the inputs were frozen."""

    def __init__(self, node_id: str, code: str, message: str) -> None:
        super().__init__(code, message, node_id)
