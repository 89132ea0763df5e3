"""What the functions of Transform nodes compute, and where they end."""

from __future__ import annotations

import pytest

from tests.calculations.graphs import graph, node, or_code, price


def transformed(value: str, function: str, **params: object) -> object:
    raw = graph(node("a", "Factor", value=value), node("t", "Transform", function=function, params=params), edges="a>t")
    return or_code(lambda: price(raw).values["t"])


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("0.5", 0, "0"),
        ("1.5", 0, "2"),
        ("2.5", 0, "2"),
        ("-2.5", 0, "-2"),
        ("123.445", 2, "123.44"),
        ("123.455", 2, "123.46"),
        ("9999999999999999.4", 0, "9999999999999999"),
    ],
)
def test_half_of_the_last_place_goes_to_the_even_neighbour(value: str, decimals: int, rounded: str) -> None:
    assert transformed(value, "round", decimals=decimals) == rounded


@pytest.mark.parametrize(
    ("value", "function", "params", "answer"),
    [
        ("0", "pow", {"exponent": 0}, ("MATH_DOMAIN", "t")),
        ("0", "pow", {"exponent": -1}, ("MATH_DOMAIN", "t")),
        ("0", "pow", {"exponent": "0.5"}, "0"),
        ("-8", "pow", {"exponent": "0.5"}, ("MATH_DOMAIN", "t")),
        ("-8", "pow", {"exponent": 3}, "-512"),
        ("-8", "pow", {"exponent": 0}, "1"),
        ("0", "log", {}, ("MATH_DOMAIN", "t")),
        ("0", "sqrt", {}, "0"),
        ("-0.1", "ceil", {}, "0"),
        ("-0.1", "floor", {}, "-1"),
    ],
)
def test_functions_say_where_they_end(value: str, function: str, params: dict[str, object], answer: object) -> None:
    assert transformed(value, function, **params) == answer
