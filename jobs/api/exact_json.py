"""Reads request bodies without a detour over binary floats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ExactJSONParser(JSONParser):
    """Parses JSON whose numbers with a point or exponent are Decimals, exactly as written."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the body's value; raises ParseError for what is no JSON, NaN and the infinities included."""
        try:
            return json.loads(stream.read().decode(), parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, ArithmeticError, RecursionError) as error:  # the second: an exponent beyond Decimal's
            raise ParseError(f"Not JSON: {error}") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
