"""Writes graphs in few words, and draws random ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from calculations.graph.compile import compile_graph
from calculations.graph.errors import GraphFailed
from calculations.graph.outcome import Outcome
from calculations.graph.problem import Verdict
from calculations.graph.units import SeriesKind
from calculations.graph.validate import validate
from ingestion.numbers import read_number

Json = dict[str, Any]


def node(node_id: str, node_type: str, **config: Any) -> Json:
    """Return a node; a trailing underscore of a key is dropped (`from_`)."""
    return {"id": node_id, "type": node_type, "config": {key.rstrip("_"): value for key, value in config.items()}}


def graph(*nodes: Json, edges: str = "", output: str | None = None, **metadata: str) -> Json:
    """Return a graph; edges read `a>b c>b`, the output is the last node unless named."""
    pairs = [edge.split(">") for edge in edges.split()]
    made: Json = {
        "nodes": list(nodes),
        "edges": [{"from": source, "to": target} for source, target in pairs],
        "output": output or nodes[-1]["id"],
    }
    return made | {"metadata": metadata} if metadata else made


def times(factor: object = "1.15") -> Json:
    """Return the base price times a constant."""
    return graph(
        node("base", "Factor", input="basePrice"),
        node("m", "Factor", value=factor),
        node("price", "Combine", operation="multiply"),
        edges="base>price m>price",
    )


def of_series(code: str = "WTI", **config: Any) -> Json:
    """Return the value of a series."""
    return graph(node("s", "Factor", series=code, **config))


def judge(raw: object, **units: str) -> Verdict:
    """Return the validator's findings; `units` are series by code."""
    return validate(raw, kinds=kinds(**units))


def codes(raw: object, **units: str) -> list[tuple[str, str | None]]:
    """Return code and node of each error."""
    return [(problem.code.value, problem.node_id) for problem in judge(raw, **units).errors]


def kinds(**units: str) -> dict[str, SeriesKind]:
    """Return series kinds by code; the unit `FX` makes an exchange rate."""
    return {code: SeriesKind(data_type="FX" if unit == "FX" else "INDEX", unit=unit) for code, unit in units.items()}


def price(raw: object, base_price: object = None, currency: str | None = "USD", unit: str | None = "MT") -> Outcome:
    """Run a graph without series for one item."""
    number = None if base_price is None else read_number(base_price)
    return compile_graph(raw, kinds={}).bind({}).run(base_price=number, currency=currency, unit=unit)


NUMBERS = st.decimals(-1_000, 1_000, allow_nan=False, places=3).map(str)
POSITIVE = st.decimals("0.001", 1_000, allow_nan=False, places=3).map(str)
PERCENT = st.decimals(0, 100, allow_nan=False, places=1).map(str)


@st.composite
def _weights(draw: st.DrawFn, count: int) -> list[str]:
    """Draw hundredths that sum to 1."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=count - 1, max_size=count - 1)))
    return [f"{(high - low) / 100:.2f}" for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]


@st.composite
def _band(draw: st.DrawFn) -> Json:
    return {"lower": f"-{draw(POSITIVE)}", "upper": draw(POSITIVE)}


_SHARING = st.fixed_dictionaries({"sharePercent": PERCENT, "direction": st.sampled_from(["above", "below", "both"])})


@st.composite
def _controls(draw: st.DrawFn, inputs: int) -> Json:
    mode: Json = {}
    if inputs == 1:
        mode = draw(st.sampled_from([{}, {"mode": "absolute"}, {"mode": "percent"}]))
    config: Json = dict(mode)
    low, high = draw(NUMBERS.filter(lambda text: text != "1000.000")), "1000"
    config |= draw(st.sampled_from([{"cap": high}, {"floor": low}, {"cap": high, "floor": low}]))
    if draw(st.booleans()):
        config["triggerBand"] = draw(_band())
        config["spikeSharing"] = draw(_SHARING)
        if draw(st.booleans()) and (inputs == 2 or mode.get("mode") == "percent"):
            del config["spikeSharing"]
    return node("", "Controls", **config)


@st.composite
def _transform(draw: st.DrawFn) -> Json:
    function = draw(st.sampled_from(["abs", "ceil", "floor", "round", "log", "exp", "sqrt", "pow", "percent_change"]))
    params: Json = {}
    if function == "round":
        params = draw(st.sampled_from([{}, {"decimals": 0}, {"decimals": 2}, {"decimals": 12}]))
    if function == "pow":
        params = {"exponent": draw(st.sampled_from([0, 1, 2, 3, -1, -2, 0.5, "1.5"]))}
    if function == "percent_change":
        params = {"baseValue": draw(POSITIVE)}
    return node("", "Transform", function=function, params=params)


@st.composite
def _combine(draw: st.DrawFn, inputs: int) -> Json:
    names = ["min", "max"]
    if inputs > 1:
        names += ["add", "subtract", "multiply", "divide", "average", "weighted_average"]
    operation = draw(st.sampled_from(names))
    if operation == "weighted_average":
        return node("", "Combine", operation=operation, weights=draw(_weights(inputs)))
    return node("", "Combine", operation=operation)


@st.composite
def graphs(draw: st.DrawFn, *, most: int = 12) -> Json:
    """Draw a valid graph of dimensionless nodes, some of which may be unreachable."""
    nodes: list[Json] = []
    edges: list[Json] = []
    for number in range(draw(st.integers(1, most))):
        inputs = draw(st.lists(st.integers(0, number - 1), min_size=1, max_size=4)) if number else []
        if not inputs or draw(st.integers(0, 3)) == 0:
            inputs = []
            made = draw(
                st.one_of(
                    st.just(node("", "Factor", input="basePrice")),
                    NUMBERS.map(lambda text: node("", "Factor", value=text)),
                )
            )
        else:
            choices: list[st.SearchStrategy[Json]] = [_combine(len(inputs))]
            if len(inputs) < 3:
                choices.append(_controls(len(inputs)))
            if len(inputs) == 1:
                choices.append(_transform())
            made = draw(st.one_of(choices))
        nodes.append(made | {"id": f"n{number}"})
        edges += [{"from": f"n{source}", "to": f"n{number}"} for source in inputs]
    return {"nodes": draw(st.permutations(nodes)), "edges": edges, "output": f"n{len(nodes) - 1}"}


def with_node(raw: Mapping[str, Any], node_id: str, **config: Any) -> Json:
    """Return the graph with other config keys in one node."""
    nodes = [n | {"config": n["config"] | config} if n["id"] == node_id else n for n in raw["nodes"]]
    return {**raw, "nodes": nodes}


def or_code(call: Callable[[], Any]) -> Any:
    """Return the call's answer, or the code and node of its failure."""
    try:
        return call()
    except GraphFailed as error:
        return error.code, error.node_id
