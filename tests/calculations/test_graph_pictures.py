"""A graph as a picture: boxes, arrows, findings, and nothing that a label could smuggle in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculations.graph.compile import compile_graph
from calculations.graph.problem import Verdict
from calculations.picture.columns import columns_of
from calculations.picture.graph import draw_graph
from calculations.picture.layout import BOX_WIDTH, lay_out
from calculations.picture.worth import worth
from tests.calculations.graphs import graph, graphs, judge, node, times
from tests.ingestion.pictures import SVG, read_picture

HOSTILE = "</text></svg><script>alert('&\"')</script>\x00\x0b\ud800"


def draw(raw: Any) -> Element:
    return read_picture(draw_graph(raw, verdict=judge(raw), title="Steel"))


def boxes(picture: Element) -> dict[str, Element]:
    return {str(box.findtext(f"{SVG}text")): box for box in picture.findall(f"{SVG}svg")}


def lines(box: Element) -> list[str]:
    return [str(text.text) for text in box.findall(f"{SVG}text")]


def test_each_node_says_its_label_its_type_and_its_settings_in_short() -> None:
    raw = graph(node("wti", "Factor", series="WTI", operation="avg_3m", lagDays=30))
    raw["nodes"][0]["label"] = "Crude oil"

    found = boxes(draw(raw))["Crude oil"]

    assert lines(found) == ["Crude oil", "Factor wti, the output", "WTI, avg_3m, lagDays 30"]


def test_inputs_stand_left_of_what_reads_them() -> None:
    found = boxes(draw(times()))

    left = {name: float(box.attrib["x"]) for name, box in found.items()}

    assert left["base"] == left["m"] < left["price"]


def test_the_output_has_the_strongest_frame() -> None:
    found = boxes(draw(times()))

    widths = {name: box.find(f"{SVG}rect").attrib["stroke-width"] for name, box in found.items()}  # type: ignore[union-attr]

    assert widths == {"base": "1", "m": "1", "price": "2"}


def test_a_person_who_cannot_see_it_is_read_the_whole_graph() -> None:
    picture = draw(times())

    assert picture.attrib["role"] == "img"
    assert picture.findtext(f"{SVG}title") == "Steel"
    assert picture.findtext(f"{SVG}desc") == (
        "Factor base. Factor m. Combine price takes base, m. The output is price."
    )


def test_what_is_wrong_with_a_node_stands_in_its_box() -> None:
    raw = graph(node("a", "Factor", value=1), node("b", "Transform", function="sin"), edges="a>b")

    found = boxes(draw(raw))

    assert "INVALID_NODE_CONFIG" in " ".join(lines(found["b"]))
    assert "INVALID_NODE_CONFIG" not in " ".join(lines(found["a"]))


def test_a_node_that_the_output_does_not_need_is_warned_of_in_its_box() -> None:
    raw = graph(node("a", "Factor", value=1), node("b", "Factor", value=2))

    assert "UNREACHABLE_NODE" in " ".join(lines(boxes(draw(raw))["a"]))


def test_unfinished_graphs_are_drawn_with_the_arrow_that_goes_back_dashed() -> None:
    raw = graph(
        node("a", "Combine", operation="min"),
        node("b", "Combine", operation="min"),
        edges="a>b b>a a>a a>nowhere",
    )

    picture = draw(raw)
    dashed = [path for path in picture.iter(f"{SVG}path") if "stroke-dasharray" in path.attrib]

    assert len(boxes(picture)) == 2
    assert len(dashed) == 2


def test_nodes_of_the_same_id_are_both_drawn() -> None:
    raw = graph(node("a", "Factor", value=1), node("a", "Factor", value=2))

    assert len(draw(raw).findall(f"{SVG}svg")) == 2


@pytest.mark.parametrize("raw", [None, [], {}, {"nodes": [{"id": 1}], "edges": [], "output": "a"}])
def test_what_is_no_graph_is_not_drawn(raw: object) -> None:
    assert draw_graph(raw, verdict=Verdict(), title="Steel") is None


def test_a_hostile_label_stays_a_text() -> None:
    raw = graph(node("<b>&", "Factor", value="<i>", series=HOSTILE[:-3]))
    raw["nodes"][0]["label"] = HOSTILE[:-3]

    drawn = draw_graph(raw, verdict=judge(raw), title=HOSTILE)

    assert drawn is not None
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert read_picture(drawn).findtext(f"{SVG}title") == HOSTILE[:-3] + "\ufffd" * 3


@given(text=st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_that_can_be_stored_makes_a_well_formed_picture(text: str) -> None:
    raw = graph(node("a", "Factor", value=text))
    raw["nodes"][0] |= {"label": text}

    drawn = draw_graph(raw, verdict=judge(raw), title=text)

    assert drawn is None or read_picture(drawn).tag == f"{SVG}svg"


@given(raw=graphs(most=20))
@settings(max_examples=60, deadline=None)
def test_boxes_never_overlap_and_arrows_lead_to_the_right(raw: Any) -> None:
    ids = [n["id"] for n in raw["nodes"]]
    arrows = [(ids.index(edge["from"]), ids.index(edge["to"])) for edge in raw["edges"]]
    heights = [40.0 + 10 * (number % 4) for number in range(len(ids))]

    layout = lay_out(heights, arrows)
    column = columns_of(len(ids), arrows)

    assert all(column[source] < column[target] for source, target in arrows)
    for one, (x, y) in enumerate(layout.corners):
        assert 0 <= x <= layout.width - BOX_WIDTH
        assert 0 <= y <= layout.height - heights[one]
        for other, (other_x, other_y) in enumerate(layout.corners[:one]):
            assert x != other_x or y >= other_y + heights[other] or other_y >= y + heights[one]


def test_a_graph_that_ran_shows_what_each_node_was_worth() -> None:
    raw = times()
    run = compile_graph(raw, kinds={}).bind({}).run(base_price=Decimal(100), currency="USD", unit="MT")

    picture = read_picture(draw_graph(raw, verdict=judge(raw), title="Steel", values=worth(run.steps)))

    assert lines(boxes(picture)["price"])[-1] == "= 115 USD/MT"
    assert lines(boxes(picture)["m"])[-1] == "= 1.15"
    assert "price takes base, m = 115 USD/MT." in str(picture.findtext(f"{SVG}desc"))
