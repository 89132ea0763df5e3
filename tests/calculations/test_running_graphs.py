"""What graphs compute."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculations.graph.compile import compile_graph, recompile_graph
from calculations.graph.errors import GraphFailed
from calculations.graph.lookups import Found, LookupKey, Missing
from calculations.graph.program import Program
from calculations.graph.waterfall import waterfall
from ingestion.numbers import dec
from tests.calculations.evaluator import Undefined, evaluate
from tests.calculations.graphs import NUMBERS, graph, graphs, kinds, node, of_series, or_code, price, times

WTI = LookupKey(series="WTI")


def found(value: str, gap_days: int = 0) -> Found:
    day = date(2024, 1, 15)
    actual = date(2024, 1, 15 - gap_days)
    return Found(
        value=Decimal(value), version_tag="FINAL", requested_date=day, actual_date=actual, gap_days=gap_days, count=1
    )


@settings(max_examples=300)
@given(graphs(), NUMBERS)
def test_any_graph_gives_what_the_plain_evaluator_gives(raw: dict[str, Any], base_price: str) -> None:
    try:
        expected: dict[str, str] | None = {
            node_id: dec(value) for node_id, value in evaluate(raw, Decimal(base_price)).items()
        }
    except Undefined:
        expected = None
    try:
        outcome = price(raw, base_price, currency=None, unit=None)
    except GraphFailed:
        assert expected is None
        return

    assert outcome.values == expected
    assert dec(outcome.value) == outcome.values[raw["output"]]
    assert [step["output"] for step in outcome.steps] == list(outcome.values.values())


@settings(max_examples=200)
@given(graphs(), NUMBERS)
def test_the_deltas_of_a_waterfall_sum_to_the_change_of_the_price_exactly(raw: dict[str, Any], text: str) -> None:
    try:
        outcome = price(raw, text, currency=None, unit=None)
    except GraphFailed:
        return

    segments = waterfall(graph=raw, contributions=outcome.contributions, base_price=Decimal(text))

    assert sum(segment.delta for segment in segments) == outcome.value - Decimal(text)


@settings(max_examples=100)
@given(graphs(), st.lists(NUMBERS, min_size=2, max_size=5))
def test_a_program_remembers_nothing_of_the_items_before(raw: dict[str, Any], prices: list[str]) -> None:
    program = compile_graph(raw, kinds={}).bind({})

    together = [or_code(partial(_steps, program, text)) for text in prices]

    alone = [or_code(partial(_steps, compile_graph(raw, kinds={}).bind({}), text)) for text in prices]

    assert together == alone


def _steps(program: Program, base_price: str) -> list[dict[str, Any]]:
    return program.run(base_price=Decimal(base_price), currency=None, unit=None).steps


def _value(program: Program, currency: str) -> Decimal:
    return program.run(base_price=Decimal(1), currency=currency, unit="bbl").value


def test_a_price_without_a_base_price_fails_at_the_node_that_reads_it() -> None:
    with pytest.raises(GraphFailed) as failure:
        price(times())

    assert (failure.value.code, failure.value.node_id) == ("MISSING_BASE_PRICE", "base")


def test_an_item_fails_at_its_first_failing_node_in_execution_order() -> None:
    raw = graph(
        node("root", "Transform", function="sqrt"),
        node("base", "Factor", input="basePrice"),
        node("zero", "Factor", value=0),
        node("q", "Combine", operation="divide"),
        node("sum", "Combine", operation="add"),
        edges="base>root zero>q zero>q root>sum q>sum",
    )

    assert or_code(lambda: price(raw, -1)) == ("MATH_DOMAIN", "root")
    assert or_code(lambda: price(raw, 4)) == ("DIVISION_BY_ZERO", "q")


def test_a_node_that_the_output_does_not_need_cannot_fail_an_item() -> None:
    raw = graph(
        node("zero", "Factor", value=0),
        node("bad", "Combine", operation="divide"),
        node("five", "Factor", value=5),
        edges="zero>bad zero>bad",
    )

    assert price(raw).values == {"five": "5"}


@pytest.mark.parametrize(
    "raw",
    [
        graph(node("f", "Factor", value="1" + "0" * 16)),
        graph(node("a", "Factor", value=20_000), node("t", "Transform", function="exp"), edges="a>t"),
        graph(
            node("a", "Factor", value=20_000),
            node("t", "Transform", function="exp"),
            node("u", "Transform", function="exp"),
            edges="a>t t>u",
        ),
        graph(
            node("a", "Factor", value="2.5"),
            node("t", "Transform", function="pow", params={"exponent": "9" * 900}),
            edges="a>t",
        ),
    ],
)
def test_a_value_that_reaches_ten_to_the_sixteenth_is_refused(raw: dict[str, Any]) -> None:
    assert or_code(lambda: price(raw))[0] == "VALUE_OUT_OF_RANGE"


def test_the_largest_value_that_fits_is_kept_to_its_last_place() -> None:
    largest = "9999999999999999.999999999999"

    assert dec(price(graph(node("f", "Factor", value=largest))).value) == largest


def test_a_series_value_keeps_the_digits_that_its_text_leaves_out() -> None:
    raw = graph(
        node("s", "Factor", series="WTI"),
        node("k", "Factor", value=3_000_000),
        node("p", "Combine", operation="multiply"),
        edges="s>p k>p",
    )
    third = found("0.3333333333333333333333333333333333")

    outcome = (
        compile_graph(raw, kinds=kinds(WTI="points")).bind({WTI: third}).run(base_price=None, currency="USD", unit="MT")
    )

    assert outcome.values == {"s": "0.333333333333", "k": "3000000", "p": "1000000"}


def test_a_filled_value_is_told_in_the_step_and_as_a_warning() -> None:
    compiled = compile_graph(of_series(), kinds=kinds(WTI="USD/bbl"))

    outcome = compiled.bind({WTI: found("75.5", gap_days=3)}).run(base_price=None, currency="EUR", unit="MT")

    assert outcome.steps[0]["description"] == "Factor: WTI value = 75.5 (filled from 2024-01-12)"
    assert outcome.warnings == [
        {
            "type": "fill_forward",
            "nodeId": "s",
            "seriesCode": "WTI",
            "gapDays": 3,
            "requestedDate": "2024-01-15",
            "actualDate": "2024-01-12",
        }
    ]
    assert (outcome.currency, outcome.unit) == ("USD", "bbl")


def test_a_step_tells_window_and_lag() -> None:
    key = LookupKey(series="WTI", operation="avg_3m", lag_days=30)

    program = compile_graph(of_series(operation="avg_3m", lagDays=30), kinds={}).bind({key: found("75.5")})

    step = program.run(base_price=None, currency="USD", unit="MT").steps[0]
    assert step["description"] == "Factor: WTI avg_3m = 75.5 (lag 30 days)"
    assert (step["currency"], step["unit"]) == (None, None)


def test_a_missing_index_value_fails_with_the_code_of_the_lookup() -> None:
    program = compile_graph(of_series(), kinds={}).bind({WTI: Missing(code="SERIES_NOT_FOUND", message="no WTI")})

    with pytest.raises(GraphFailed, match="no WTI") as failure:
        program.run(base_price=None, currency="USD", unit="MT")

    assert (failure.value.code, failure.value.node_id) == ("SERIES_NOT_FOUND", "s")


@pytest.mark.parametrize(("rate", "code"), [("0", "MATH_DOMAIN"), ("-1", "MATH_DOMAIN"), ("0.92", None)])
def test_an_exchange_rate_must_be_positive(rate: str, code: str | None) -> None:
    raw = graph(
        node("p", "Factor", value=100, currency="USD"),
        node("c", "Convert", type="currency", from_="USD", to="EUR", fxSeries="FX"),
        edges="p>c",
    )
    program = compile_graph(raw, kinds={}).bind({LookupKey(series="FX"): found(rate)})

    answer = or_code(lambda: program.run(base_price=None, currency="USD", unit="MT").steps[1]["description"])

    assert answer == ((code, "c") if code else "Convert: USD to EUR x 0.92")


def test_a_fixed_rate_needs_no_series_that_is_named_too() -> None:
    raw = graph(
        node("p", "Factor", value=100, currency="USD"),
        node("c", "Convert", type="currency", from_="USD", to="EUR", fxSeries="FX", fixedRate="0.5"),
        edges="p>c",
    )
    compiled = compile_graph(raw, kinds={})

    assert compiled.lookup_keys == ()
    assert compiled.bind({}).run(base_price=None, currency="USD", unit="MT").values["c"] == "50"


def test_equal_questions_are_asked_once() -> None:
    raw = graph(
        node("a", "Factor", series="WTI"),
        node("b", "Factor", series="WTI", operation="value", lagDays=0),
        node("c", "Factor", series="WTI", lagDays=1),
        node("d", "Combine", operation="add"),
        node("unused", "Factor", series="BRENT"),
        edges="a>d b>d c>d",
        output="d",
    )

    assert compile_graph(raw, kinds={}).lookup_keys == (WTI, LookupKey(series="WTI", lag_days=1))


def test_items_whose_currency_clashes_fail_and_the_others_do_not() -> None:
    raw = graph(
        node("base", "Factor", input="basePrice"),
        node("s", "Factor", series="WTI"),
        node("sum", "Combine", operation="add"),
        edges="base>sum s>sum",
    )
    program = compile_graph(raw, kinds=kinds(WTI="USD/bbl")).bind({WTI: found("75.5")})

    answers = [or_code(partial(_value, program, currency)) for currency in ("EUR", "USD", "EUR")]

    assert answers == [("CURRENCY_MISMATCH", "sum"), Decimal("76.5"), ("CURRENCY_MISMATCH", "sum")]


def test_a_clash_that_came_with_new_series_is_left_to_the_items() -> None:
    raw = graph(
        node("a", "Factor", series="A"),
        node("b", "Factor", series="B"),
        node("s", "Combine", operation="add"),
        edges="a>s b>s",
    )
    compiled = recompile_graph(raw, kinds=kinds(A="USD/t", B="EUR/t"))
    program = compiled.bind({LookupKey(series="A"): found("1"), LookupKey(series="B"): found("1")})

    assert or_code(lambda: program.run(base_price=None, currency="USD", unit="t")) == ("CURRENCY_MISMATCH", "s")


def test_what_the_output_leaves_open_comes_from_the_item_then_the_graph_then_the_defaults() -> None:
    bare = graph(node("a", "Factor", value=5))
    named = graph(node("a", "Factor", value=5), baseCurrency="EUR", baseUnit="kg")

    assert [(o.currency, o.unit) for o in (price(named), price(named, None, None, None))] == [
        ("USD", "MT"),
        ("EUR", "kg"),
    ]
    assert [(o.currency, o.unit) for o in (price(bare, None, None, None),)] == [("USD", "")]
