"""What a node's function is given and gives."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Values = list[Any]
"""Each node's value by its place in the execution order; last the item's base price, or None."""

Compute = Callable[[Values], Decimal]
