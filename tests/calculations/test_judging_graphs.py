"""What the validator lets pass and what it refuses."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculations.graph.json_text import storable, unstorable
from tests.calculations.graphs import codes, graph, graphs, judge, node, of_series, with_node

FIVE = node("a", "Factor", value=5)


def config_code(node_type: str, **config: Any) -> list[tuple[str, str | None]]:
    """Return the errors of one node that has an input if its type wants one."""
    return codes(graph(FIVE, node("x", node_type, **config), edges="" if node_type == "Factor" else "a>x"))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "graph",
        {},
        {"nodes": [], "edges": [], "output": "a"},
        {"nodes": [FIVE], "edges": [], "output": None},
        {"nodes": [FIVE], "edges": {}, "output": "a"},
        {"nodes": [FIVE], "edges": [["a", "a"]], "output": "a"},
        {"nodes": [FIVE], "edges": [{"from": "a"}], "output": "a"},
        {"nodes": [FIVE], "edges": [], "output": "a", "metadata": []},
        {"nodes": [FIVE], "edges": [], "output": "a", "metadata": {"baseCurrency": 5}},
        {"nodes": [{**FIVE, "id": f"n{number}"} for number in range(201)], "edges": [], "output": "n0"},
        {"nodes": [FIVE], "edges": [{"from": "a", "to": "a"}] * 401, "output": "a"},
        {"nodes": ["a"], "edges": [], "output": "a"},
        {"nodes": [{**FIVE, "id": 5}], "edges": [], "output": "a"},
    ],
)
def test_a_wrong_shape_is_named_and_nothing_else_is_judged(raw: object) -> None:
    assert set(codes(raw)) == {("INVALID_SCHEMA", None)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "x" * 65},
        {"type": "factor"},
        {"type": ["Factor"]},
        {"config": None},
        {"label": 5},
    ],
)
def test_a_node_of_a_wrong_shape_is_named_by_its_id(wrong: dict[str, Any]) -> None:
    bad = {**FIVE, **wrong}

    assert codes(graph(bad)) == [("INVALID_SCHEMA", bad["id"])]


def test_a_node_may_have_a_label_and_keys_that_nobody_knows() -> None:
    assert judge(graph({**FIVE, "label": "Five", "description": "5", "position": {"x": 1.5}})).valid


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"value": 5, "series": "WTI"},
        {"value": True},
        {"value": None},
        {"value": "1e5"},
        {"value": "NaN"},
        {"value": float("nan")},
        {"value": Decimal("1e999999")},
        {"value": [5]},
        {"value": 5, "operation": "avg_3m"},
        {"value": 5, "lagDays": 1},
        {"value": 5, "currency": "usd"},
        {"value": 5, "unit": ""},
        {"series": ""},
        {"series": 5},
        {"series": "x" * 65},
        {"series": "WTI", "operation": "avg_4m"},
        {"series": "WTI", "lagDays": -1},
        {"series": "WTI", "lagDays": 3661},
        {"series": "WTI", "lagDays": 1.5},
        {"series": "WTI", "currency": "USD"},
        {"input": "price"},
        {"input": "basePrice", "unit": "t"},
    ],
)
def test_a_factor_names_one_source_and_what_belongs_to_it(config: dict[str, Any]) -> None:
    assert config_code("Factor", **config) == [("INVALID_NODE_CONFIG", "x")]


@pytest.mark.parametrize(
    "config",
    [
        {"value": "-12.50", "currency": "USD", "unit": "bbl"},
        {"value": 0},
        {"series": "WTI", "operation": "max", "lagDays": "3660"},
        {"series": "WTI", "lagDays": 3.0},
        {"input": "basePrice", "operation": "value", "lagDays": 0},
    ],
)
def test_a_factor_takes_numbers_in_both_forms_and_defaults_spelled_out(config: dict[str, Any]) -> None:
    assert config_code("Factor", **config) == []


@pytest.mark.parametrize(
    ("node_type", "config"),
    [
        ("Transform", {}),
        ("Transform", {"function": "sin"}),
        ("Transform", {"function": ["abs"]}),
        ("Transform", {"function": "abs", "params": []}),
        ("Transform", {"function": "abs", "params": {"decimal": 2}}),
        ("Transform", {"function": "round", "params": {"decimals": 13}}),
        ("Transform", {"function": "pow"}),
        ("Transform", {"function": "percent_change"}),
        ("Transform", {"function": "percent_change", "params": {"baseValue": "0.00"}}),
        ("Convert", {"type": "unit", "from": "bbl", "conversionFactor": 2}),
        ("Convert", {"type": "unit", "from": "bbl", "to": "kg", "conversionFactor": 0}),
        ("Convert", {"type": "mass", "from": "bbl", "to": "kg", "conversionFactor": 2}),
        ("Convert", {"type": "currency", "from": "USD", "to": "EUR"}),
        ("Convert", {"type": "currency", "from": "USD", "to": "Euro", "fixedRate": 2}),
        ("Combine", {"operation": "add", "weigths": [1]}),
        ("Combine", {"operation": "weighted_average"}),
        ("Combine", {"operation": "weighted_average", "weights": "0.5"}),
        ("Combine", {"operation": "weighted_average", "weights": ["0.5", "0.5" + "0" * 900 + "1"]}),
        ("Combine", {"operation": "weighted_average", "weights": [1, None]}),
        ("Controls", {"cap": 5, "floor": 5}),
        ("Controls", {"cap": 5, "mode": "both"}),
        ("Controls", {"triggerBand": {"lower": 1}}),
        ("Controls", {"triggerBand": {"lower": 1, "upper": 1}}),
        ("Controls", {"triggerBand": {"lower": -1, "upper": 1, "middle": 0}}),
        ("Controls", {"triggerBand": {"lower": 1, "upper": 2}, "spikeSharing": {"sharePercent": 50}}),
        (
            "Controls",
            {"triggerBand": {"lower": 1, "upper": 2}, "spikeSharing": {"sharePercent": 101, "direction": "both"}},
        ),
    ],
)
def test_a_config_that_breaks_a_rule_is_refused(node_type: str, config: dict[str, Any]) -> None:
    assert config_code(node_type, **config) == [("INVALID_NODE_CONFIG", "x")]


def test_faults_of_names_and_configs_are_reported_together() -> None:
    raw = graph(FIVE, FIVE, node("b", "Transform", function="sin"), edges="a>b a>ghost ghost>b", output="gone")

    assert codes(raw) == [
        ("DUPLICATE_NODE_ID", "a"),
        ("MISSING_OUTPUT_NODE", None),
        ("INVALID_EDGE", None),
        ("INVALID_EDGE", None),
        ("INVALID_NODE_CONFIG", "b"),
    ]
    assert judge(raw).errors[2].as_json()["edge"] == {"from": "a", "to": "ghost"}


@pytest.mark.parametrize(
    ("edges", "path"), [("t>t", "t -> t"), ("a>t t>u u>t", "t -> u -> t"), ("t>u u>v v>t", "t -> u -> v -> t")]
)
def test_a_cycle_is_shown_with_its_way(edges: str, path: str) -> None:
    transforms = [node(name, "Transform", function="abs") for name in "tuv"]

    (error,) = judge(graph(FIVE, *transforms, edges=edges)).errors

    assert error.code == "CYCLIC_GRAPH"
    assert error.message.endswith(path)


@pytest.mark.parametrize(
    ("x", "edges", "code"),
    [
        (node("x", "Transform", function="abs"), "", "INVALID_OPERATION"),
        (node("x", "Transform", function="abs"), "a>x a>x", "INVALID_OPERATION"),
        (node("x", "Combine", operation="min"), "", "INVALID_OPERATION"),
        (node("x", "Combine", operation="min"), "a>x", None),
        (node("x", "Combine", operation="average"), "a>x", "INVALID_OPERATION"),
        (node("x", "Combine", operation="add"), "a>x a>x", None),
        (node("x", "Controls", cap=5), "", "INVALID_OPERATION"),
        (node("x", "Controls", cap=5), "a>x a>x a>x", "INVALID_OPERATION"),
        (node("x", "Controls", cap=5, mode="absolute"), "a>x a>x", "INVALID_OPERATION"),
        (node("x", "Controls", cap=5, mode="absolute"), "a>x", None),
        (node("x", "Controls", cap=9, triggerBand={"lower": 1, "upper": 2}), "a>x", "INVALID_NODE_CONFIG"),
        (node("x", "Controls", triggerBand={"lower": 0, "upper": 2}), "a>x a>x", None),
        (
            node("x", "Controls", mode="percent", triggerBand={"lower": 1, "upper": 2}),
            "a>x",
            "INVALID_NODE_CONFIG",
        ),
    ],
)
def test_the_number_of_inputs_fits_the_node(x: dict[str, Any], edges: str, code: str | None) -> None:
    assert codes(graph(FIVE, x, edges=edges)) == ([(code, "x")] if code else [])


@settings(max_examples=200)
@given(graphs())
def test_the_graphs_that_other_tests_draw_are_valid(raw: dict[str, Any]) -> None:
    assert judge(raw).errors == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["Factor", "USD", "abs"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("value"), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=300)
@given(graphs(most=5), st.data())
def test_no_json_makes_the_validator_fall_over(raw: dict[str, Any], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(raw["nodes"]) - 1))
    key = data.draw(st.sampled_from(["id", "type", "config", "label"]))
    raw["nodes"][place] = {**raw["nodes"][place], key: data.draw(_JSON)}
    part = data.draw(st.sampled_from(["nodes", "edges", "output", "metadata", "none"]))
    if part != "none":
        raw[part] = data.draw(_JSON)

    judge(raw)


def test_hostile_graphs_are_judged_in_bounded_time() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    ladder = [node(f"n{number}", "Combine", operation="add") for number in range(1, 200)]
    doubling = " ".join(f"n{number}>n{number + 1} n{number}>n{number + 1}" for number in range(199))
    hostile = [
        graph({**FIVE, "extra": deep}),
        graph({**FIVE, "extra": [0] * 1_000_000}),
        graph(node("n0", "Factor", value=1), *ladder, edges=doubling),
        with_node(graph(FIVE), "a", value="9" * 1_000_000),
        graph(FIVE, node("w", "Combine", operation="weighted_average", weights=["0.5"] * 40_000), edges="a>w a>w"),
    ]
    start = time.perf_counter()

    verdicts = [judge(raw).valid for raw in hostile]

    assert verdicts == [False, False, True, False, False]
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_texts_that_no_database_keeps_are_refused(text: str) -> None:
    assert codes(graph({**FIVE, "label": text})) == [("INVALID_SCHEMA", None)]
    assert unstorable({text: 1}) is not None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_a_number_means_the_same_after_it_was_made_storable(number: Decimal) -> None:
    kept = storable({"value": [number]})["value"][0]

    assert not isinstance(kept, Decimal)
    assert Decimal(str(kept)) == number


def test_a_series_nobody_has_is_no_error_yet() -> None:
    assert judge(of_series("NOBODY")).valid
