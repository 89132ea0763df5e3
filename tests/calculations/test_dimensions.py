"""How currencies and units go through a graph."""

from __future__ import annotations

from typing import Any

import pytest

from calculations.graph.dimensions import derive
from calculations.graph.units import BARE, OPEN, UNKNOWN, Dimensions, SeriesKind, item_dimensions
from calculations.graph.validate import examine
from tests.calculations.graphs import codes, graph, judge, kinds, node

USD = node("usd", "Factor", value=1, currency="USD", unit="bbl")
EUR = node("eur", "Factor", value=1, currency="EUR", unit="bbl")
TON = node("ton", "Factor", value=1, currency="USD", unit="t")
TWO = node("two", "Factor", value=2)
WHO = node("who", "Factor", series="WHO")
BASE = node("base", "Factor", input="basePrice")


def combined(operation: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    edges = " ".join(f"{each['id']}>c" for each in nodes)
    distinct = {each["id"]: each for each in nodes}
    return graph(*distinct.values(), node("c", "Combine", operation=operation), edges=edges)


def result(raw: dict[str, Any], base: Dimensions = OPEN, **units: str) -> Dimensions:
    plan, _ = examine(raw, kinds=kinds(**units))
    assert plan is not None
    return derive(plan, base).of_node[raw["output"]]


@pytest.mark.parametrize(
    ("data_type", "unit", "dimensions"),
    [
        ("INDEX", "USD/bbl", Dimensions("USD", "bbl")),
        ("INDEX", "USD", Dimensions("USD", None)),
        ("CUSTOM", "EUR/100 kg/day", Dimensions("EUR", "100 kg/day")),
        ("FX", "EUR/USD", BARE),
        ("INDEX", "Index 1982=100", BARE),
        ("INDEX", "usd/bbl", BARE),
        ("INDEX", "m3/h", BARE),
        ("INDEX", "USD/", BARE),
        ("INDEX", None, BARE),
    ],
)
def test_a_series_says_what_its_values_are(data_type: str, unit: str | None, dimensions: Dimensions) -> None:
    assert SeriesKind(data_type=data_type, unit=unit).dimensions == dimensions


@pytest.mark.parametrize("operation", ["add", "subtract", "average", "min", "max", "divide"])
def test_values_that_come_together_share_currency_and_unit(operation: str) -> None:
    assert codes(combined(operation, USD, EUR)) == [("CURRENCY_MISMATCH", "c")]
    assert codes(combined(operation, USD, TON)) == [("UNIT_MISMATCH", "c")]
    assert codes(combined(operation, USD, TWO)) == []
    assert codes(combined(operation, USD, WHO)) == []


def test_two_mistakes_of_one_node_are_both_told() -> None:
    assert codes(combined("add", EUR, TON)) == [("CURRENCY_MISMATCH", "c"), ("UNIT_MISMATCH", "c")]


def test_money_is_not_multiplied_by_money() -> None:
    assert codes(combined("multiply", USD, USD)) == [("CURRENCY_MISMATCH", "c")]
    assert codes(combined("multiply", USD, TWO)) == []


def test_a_clash_is_reported_once_and_not_again_downstream() -> None:
    raw = graph(
        USD,
        EUR,
        node("c", "Combine", operation="add"),
        node("d", "Combine", operation="add"),
        edges="usd>c eur>c c>d eur>d",
    )

    assert codes(raw) == [("CURRENCY_MISMATCH", "c")]


@pytest.mark.parametrize(
    ("raw", "dimensions"),
    [
        (combined("add", TWO, USD), Dimensions("USD", "bbl")),
        (combined("add", TWO, TWO), BARE),
        (combined("add", TWO, WHO), OPEN),
        (combined("add", WHO, USD), Dimensions("USD", "bbl")),
        (combined("divide", USD, USD), BARE),
        (combined("divide", USD, TWO), Dimensions("USD", "bbl")),
        (combined("divide", TWO, USD), BARE),
        (combined("divide", USD, WHO), OPEN),
        (graph(USD, node("t", "Transform", function="sqrt"), edges="usd>t"), Dimensions("USD", "bbl")),
        (graph(USD, node("t", "Transform", function="exp"), edges="usd>t"), BARE),
        (graph(TWO, USD, node("k", "Controls", cap=1), edges="two>k usd>k"), BARE),
    ],
)
def test_the_result_has_what_is_left_of_its_inputs(raw: dict[str, Any], dimensions: Dimensions) -> None:
    assert result(raw) == dimensions


def test_a_ratio_of_prices_may_multiply_a_price_of_another_currency() -> None:
    raw = graph(
        USD,
        EUR,
        node("ratio", "Combine", operation="divide"),
        node("p", "Combine", operation="multiply"),
        edges="usd>ratio usd>ratio eur>p ratio>p",
    )

    assert judge(raw).valid
    assert result(raw) == Dimensions("EUR", "bbl")


@pytest.mark.parametrize(
    ("source", "config", "expected"),
    [
        (USD, {"from": "bbl", "to": "t"}, []),
        (USD, {"from": "USD/bbl", "to": "USD/t"}, []),
        (USD, {"from": "t", "to": "kg"}, ["UNIT_MISMATCH"]),
        (USD, {"from": "EUR/bbl", "to": "EUR/t"}, ["CURRENCY_MISMATCH"]),
        (USD, {"from": "bbl", "to": "EUR/t"}, ["CURRENCY_MISMATCH"]),
        (USD, {"from": "EUR/t", "to": "kg"}, ["UNIT_MISMATCH", "CURRENCY_MISMATCH"]),
        (TWO, {"from": "bbl", "to": "t"}, ["INVALID_NODE_CONFIG"]),
        (WHO, {"from": "EUR/bbl", "to": "t"}, []),
        (BASE, {"from": "EUR/bbl", "to": "t"}, []),
    ],
)
def test_a_unit_is_converted_from_what_the_input_has(
    source: dict[str, Any], config: dict[str, Any], expected: list[str]
) -> None:
    raw = graph(source, node("c", "Convert", type="unit", conversionFactor=2, **config), edges=f"{source['id']}>c")

    assert codes(raw) == [(code, "c") for code in expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [(USD, []), (WHO, []), (EUR, ["CURRENCY_MISMATCH"]), (TWO, ["INVALID_NODE_CONFIG"])],
)
def test_a_currency_is_converted_from_what_the_input_has(source: dict[str, Any], expected: list[str]) -> None:
    raw = graph(
        source,
        node("c", "Convert", type="currency", from_="USD", to="JPY", fixedRate=150),
        edges=f"{source['id']}>c",
    )

    assert codes(raw) == [(code, "c") for code in expected]
    assert result(raw).currency == "JPY"


def test_a_percent_control_holds_against_the_item_s_own_currency() -> None:
    raw = graph(USD, node("k", "Controls", cap=10, mode="percent"), edges="usd>k")
    plan, _ = examine(raw, kinds={})
    assert plan is not None

    clashes = [derive(plan, item_dimensions(c, "bbl")).problems for c in ("USD", "EUR", None)]

    assert [[problem.code for problem in found] for found in clashes] == [[], ["CURRENCY_MISMATCH"], []]


def test_nodes_that_the_output_does_not_need_only_warn() -> None:
    raw = graph(USD, EUR, node("c", "Combine", operation="add"), edges="usd>c eur>c", output="usd")

    verdict = judge(raw)

    assert verdict.valid
    assert [(w.code, w.node_id) for w in verdict.warnings] == [
        ("UNREACHABLE_NODE", "eur"),
        ("UNREACHABLE_NODE", "c"),
    ]


def test_an_item_without_currency_or_unit_leaves_them_open() -> None:
    assert item_dimensions(None, "") == Dimensions(UNKNOWN, UNKNOWN)
