"""Draws a graph: a box for each node, inputs to the left of what reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString

from calculations.graph.errors import GraphFailed
from calculations.graph.problem import Problem, Verdict
from calculations.graph.schema import Graph, read_graph
from calculations.picture.card import LINE_HEIGHT, Card, card_of
from calculations.picture.layout import BOX_WIDTH, COLUMN_GAP, Point, lay_out
from ingestion import svg

_ARROW = 7


def draw_graph(
    raw: object,
    *,
    verdict: Verdict,
    title: str,
    values: Mapping[str, str] | None = None,
    failure: GraphFailed | None = None,
) -> SafeString | None:
    """Return a graph's JSON as SVG with its findings in the boxes, or None for JSON that is no graph.

    `values` are what its nodes were worth in a run, by node id, and `failure` why that run gave no price. Unfinished
    graphs are drawn too: an arrow from or to nowhere is left out, one that closes a cycle is dashed.
    """
    graph = read_graph(raw)
    if not isinstance(graph, Graph) or not isinstance(raw, dict):
        return None
    cards = [_card(node, verdict, (values or {}).get(node["id"], ""), failure) for node in raw["nodes"]]
    place = {node.id: number for number, node in reversed(list(enumerate(graph.nodes)))}
    arrows = [(place[e.source], place[e.target]) for e in graph.edges if e.source in place and e.target in place]
    layout = lay_out([card.height for card in cards], arrows)
    picture = svg.picture(
        width=layout.width,
        height=layout.height,
        title=title,
        description=_in_words(raw["nodes"], graph, values or {}),
    )
    for points in layout.paths:
        _draw_arrow(picture, points)
    for node, card, corner in zip(graph.nodes, cards, layout.corners, strict=True):
        _draw_box(picture, card, corner, is_output=node.id == graph.output)
    return svg.markup(picture)


def _card(node: Mapping[str, Any], verdict: Verdict, value: str, failure: GraphFailed | None) -> Card:
    errors: list[Problem | GraphFailed] = [*verdict.errors, *([failure] if failure else [])]
    return card_of(
        node,
        errors=[problem for problem in errors if problem.node_id == node["id"]],
        warnings=[problem for problem in verdict.warnings if problem.node_id == node["id"]],
        value=value,
    )


def _in_words(nodes: Sequence[Mapping[str, Any]], graph: Graph, values: Mapping[str, str]) -> str:
    """Return the graph as sentences, for people who are read the page."""
    sources: dict[str, list[str]] = {}
    for edge in graph.edges:
        sources.setdefault(edge.target, []).append(edge.source)
    said = []
    for node in nodes:
        name = f"{node['label']} ({node['id']})" if node.get("label") else node["id"]
        takes = f" takes {', '.join(sources[node['id']])}" if node["id"] in sources else ""
        worth = f" = {values[node['id']]}" if node["id"] in values else ""
        said.append(f"{node['type']} {name}{takes}{worth}.")
    return " ".join([*said, f"The output is {graph.output}."])


def _draw_arrow(picture: Element, points: Sequence[Point]) -> None:
    (x, y), *rest = points
    goes_back = rest[-1][0] <= x
    parts = [f"M{svg.number(x)} {svg.number(y)}"]
    for number, (to_x, to_y) in enumerate(rest):
        end = to_x - _ARROW if number == len(rest) - 1 else to_x
        if number % 2:  # along a lane
            parts.append(f"L{svg.number(end)} {svg.number(to_y)}")
        else:
            bend = COLUMN_GAP / 2
            controls = f"{svg.number(x + bend)} {svg.number(y)} {svg.number(end - bend)} {svg.number(to_y)}"
            parts.append(f"C{controls} {svg.number(end)} {svg.number(to_y)}")
        x, y = to_x, to_y
    group = svg.add(picture, "g", class_=svg.BAD if goes_back else svg.FAINT, fill="none", stroke="currentColor")
    line = svg.add(group, "path", d=" ".join(parts), stroke_width=1.5)
    if goes_back:
        line.set("stroke-dasharray", "4 3")
    head = f"{svg.number(x - _ARROW - 1)},{svg.number(y - 4)} {svg.number(x)},{svg.number(y)} "
    svg.add(
        group,
        "polygon",
        points=f"{head}{svg.number(x - _ARROW - 1)},{svg.number(y + 4)}",
        fill="currentColor",
        stroke="none",
    )


def _draw_box(picture: Element, card: Card, corner: Point, *, is_output: bool) -> None:
    """Draw a box that cuts off what is wider than it."""
    box = svg.add(picture, "svg", x=corner[0], y=corner[1], width=BOX_WIDTH, height=card.height)
    svg.add(box, "title", text=card.full)
    is_wrong = any(is_error for _, is_error in card.problems)
    svg.add(
        box,
        "rect",
        x=1,
        y=1,
        width=BOX_WIDTH - 2,
        height=card.height - 2,
        rx=8,
        class_=svg.BAD if is_wrong else svg.STRONG if is_output else svg.FAINT,
        fill="currentColor",
        fill_opacity=0.1,
        stroke="currentColor",
        stroke_width=2 if is_output or is_wrong else 1,
    )
    lines = [(card.name, "", 13), (f"{card.type}{', the output' if is_output else ''}", svg.FAINT, 11)]
    lines += [(line, "", 11) for line in card.config]
    lines += [(line, svg.GOOD, 11) for line in card.value]
    lines += [(line, svg.BAD if is_error else svg.DOUBTFUL, 11) for line, is_error in card.problems]
    for number, (line, colour, size) in enumerate(lines, start=1):
        text = svg.add(box, "text", text=line, x=10, y=number * LINE_HEIGHT + 6, font_size=size, fill="currentColor")
        text.set("class", colour)
        if number == 1 or colour == svg.GOOD:
            text.set("font-weight", "600")
