"""What two calculations have in common, by their hashes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculations.graph.errors import InvalidGraph
from calculations.graph.frozen import FrozenInputs, read_frozen
from calculations.graph.graph_hash import canonical_graph, graph_hash
from calculations.graph.inputs_hash import PricedItem, canonical_inputs
from calculations.graph.lookups import Answer, Found, LookupKey, Missing
from calculations.graph.units import SeriesKind
from tests.calculations.graphs import NUMBERS, POSITIVE, graph, graphs, node, of_series, times, with_node

FOUND = Found(
    value=Decimal("75.5"),
    version_tag="FINAL",
    requested_date=date(2024, 1, 15),
    actual_date=date(2024, 1, 12),
    gap_days=3,
    count=1,
)


@settings(max_examples=200)
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_nodes_and_of_edges_to_different_targets_does_not_count(raw: dict[str, Any], chance: Any) -> None:
    nodes = list(raw["nodes"])
    chance.shuffle(nodes)
    targets = list({edge["to"] for edge in raw["edges"]})
    chance.shuffle(targets)
    edges = [edge for target in targets for edge in raw["edges"] if edge["to"] == target]

    assert graph_hash({**raw, "nodes": nodes, "edges": edges}) == graph_hash(raw)


@settings(max_examples=200)
@given(graphs(), st.data())
def test_labels_and_other_ways_to_write_a_number_do_not_count(raw: dict[str, Any], data: st.DataObject) -> None:
    other = {
        **raw,
        "nodes": [
            {**each, "config": _respelled(each["config"], data), "label": data.draw(_LABELS)} for each in raw["nodes"]
        ],
        "metadata": {"author": "me"},
    }

    assert graph_hash(other) == graph_hash(raw)


_LABELS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
_NUMBER_KEYS = {"value", "cap", "floor", "lower", "upper", "sharePercent", "exponent", "baseValue", "decimals"}


def _respelled(section: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Return the same config with its numbers written otherwise."""
    respelled = {}
    for key, value in section.items():
        if isinstance(value, dict):
            respelled[key] = _respelled(value, data)
        elif key in _NUMBER_KEYS:
            number = Decimal(str(value))
            respelled[key] = data.draw(
                st.sampled_from([value, float(number), number, f"{number:f}" + ("0" if "." in f"{number:f}" else ".0")])
            )
        else:
            respelled[key] = value
    return respelled


@settings(max_examples=200)
@given(graphs(), graphs())
def test_graphs_of_one_hash_have_the_same_nodes_inputs_and_output(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = _essence(one) == _essence(other)

    assert (graph_hash(one) == graph_hash(other)) == same


def _essence(raw: dict[str, Any]) -> Any:
    """Return what a drawn graph says, by other means than the hash."""
    inputs = {each["id"]: [edge["from"] for edge in raw["edges"] if edge["to"] == each["id"]] for each in raw["nodes"]}
    return {each["id"]: (each["type"], _plain(each["config"]), inputs[each["id"]]) for each in raw["nodes"]}, raw[
        "output"
    ]


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, dict):
            plain[key] = _plain(value)
        elif key == "weights":
            plain[key] = [Decimal(weight) for weight in value]
        else:
            plain[key] = Decimal(str(value)) if key in _NUMBER_KEYS else value
    if plain.get("function") == "round":
        plain["params"] = {"decimals": Decimal(0)} | plain["params"]
    return plain


@settings(max_examples=200)
@given(graphs())
def test_the_order_of_a_node_s_inputs_counts(raw: dict[str, Any]) -> None:
    backwards = {**raw, "edges": raw["edges"][::-1]}

    assert (graph_hash(backwards) == graph_hash(raw)) == (_essence(backwards) == _essence(raw))


@given(NUMBERS, NUMBERS)
def test_another_constant_makes_another_hash(one: str, other: str) -> None:
    assert (graph_hash(times(one)) == graph_hash(times(other))) == (Decimal(one) == Decimal(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (of_series(), of_series(operation="value", lagDays=0)),
        (of_series(lagDays="3"), of_series(lagDays=3.0)),
        (graph(node("s", "Factor", value=1)), graph(node("s", "Factor", value=1, operation="value", lagDays=0))),
    ],
)
def test_defaults_that_are_spelled_out_do_not_count(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert graph_hash(one) == graph_hash(other)


def test_a_number_text_under_a_text_key_stays_a_text() -> None:
    assert '"series":"100.0"' in canonical_graph(of_series("100.0"))


def test_a_graph_that_nobody_can_run_has_no_hash() -> None:
    with pytest.raises(InvalidGraph):
        graph_hash(with_node(times(), "m", value="many"))


def item(item_id: str, price: str = "100", **other: str) -> PricedItem:
    facts = {"sku": "S", "base_currency": "USD", "uom": "MT"} | other
    return PricedItem(id=item_id, base_price=Decimal(price), **facts)


def text(
    *items: PricedItem, day: str = "2024-01-15", preference: str = "FINAL", answer: Answer = FOUND, name: str = "g"
) -> str:
    return canonical_inputs(
        graph_hash=name,
        as_of_date=date.fromisoformat(day),
        version_preference=preference,
        items=items,
        answers={LookupKey(series="WTI"): answer},
    )


@given(st.lists(st.tuples(st.sampled_from("abcd"), POSITIVE), unique_by=lambda pair: pair[0]), st.data())
def test_the_order_of_items_does_not_count_and_their_prices_do(
    pairs: list[tuple[str, str]], data: st.DataObject
) -> None:
    items = [item(*pair) for pair in pairs]
    shuffled = data.draw(st.permutations(items))

    assert text(*shuffled) == text(*items)
    for place, each in enumerate(items):
        dearer = replace(each, base_price=each.base_price + 1)
        assert text(*items[:place], dearer, *items[place + 1 :]) != text(*items)


_FEW_INPUTS = st.fixed_dictionaries(
    {
        "items": st.lists(
            st.tuples(
                st.sampled_from("ab"),
                st.sampled_from(["1", "1.0", "2"]),
                st.sampled_from(["USD", "EUR"]),
                st.sampled_from(["MT", "kg"]),
            ),
            max_size=2,
            unique_by=lambda facts: facts[0],
        ),
        "day": st.sampled_from(["2024-01-15", "2024-01-16"]),
        "preference": st.sampled_from(["FINAL", "REVISED"]),
        "value": st.sampled_from(["75.5", "75.50", "75.6"]),
    }
)
"""So few that two drawings are often the same, written otherwise."""


@settings(max_examples=300)
@given(_FEW_INPUTS, _FEW_INPUTS)
def test_hashes_are_equal_if_and_only_if_the_inputs_are(one: dict[str, Any], other: dict[str, Any]) -> None:
    def digest(drawn: dict[str, Any]) -> str:
        items = [item(name, price, base_currency=money, uom=unit) for name, price, money, unit in drawn["items"]]
        answer = replace(FOUND, value=Decimal(drawn["value"]))
        return text(*items, day=drawn["day"], preference=drawn["preference"], answer=answer)

    def meaning(drawn: dict[str, Any]) -> Any:
        items = {name: (Decimal(price), money, unit) for name, price, money, unit in drawn["items"]}
        return items, drawn["day"], drawn["preference"], Decimal(drawn["value"])

    assert (digest(one) == digest(other)) == (meaning(one) == meaning(other))


def test_everything_that_a_price_comes_from_counts() -> None:
    texts = {
        text(item("a")),
        text(item("b")),
        text(item("a", base_currency="EUR")),
        text(item("a", uom="kg")),
        text(item("a"), day="2024-01-16"),
        text(item("a"), preference="REVISED"),
        text(item("a"), name="h"),
        text(item("a"), answer=replace(FOUND, value=Decimal("75.6"))),
        text(item("a"), answer=replace(FOUND, version_tag="REVISED")),
        text(item("a"), answer=replace(FOUND, actual_date=date(2024, 1, 11))),
        text(item("a"), answer=replace(FOUND, count=2)),
        text(item("a"), answer=Missing(code="SERIES_NOT_FOUND", message="no")),
        text(item("a"), answer=Missing(code="INDEX_VALUE_NOT_FOUND", message="no")),
        text(),
    }

    assert len(texts) == 14


def test_a_sku_a_message_and_digits_past_the_twelfth_do_not_count() -> None:
    assert text(item("a", sku="other")) == text(item("a"))
    assert text(answer=Missing(code="X", message="one")) == text(answer=Missing(code="X", message="other"))
    assert text(answer=replace(FOUND, value=Decimal("75.5000000000001"))) == text()


def test_frozen_inputs_come_back_as_they_went() -> None:
    inputs = FrozenInputs(
        graph=times(),
        items=[item("a", "0.000000000001")],
        answers={
            LookupKey(series="WTI", operation="avg_3m", lag_days=2): replace(
                FOUND, value=Decimal("0.3333333333333333333333333333333333")
            ),
            LookupKey(series="GAP"): Missing(code="INDEX_VALUE_NOT_FOUND", message="nothing"),
        },
        kinds={"WTI": SeriesKind(data_type="INDEX", unit=None)},
    )

    assert read_frozen(inputs.as_json()) == inputs
