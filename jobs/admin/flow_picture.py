"""Draws a flow as SVG: what is waited for to the left of what waits."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from jobs.services.flow_graph import FlowGraph, GraphEdge, GraphNode
from jobs.states import State

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 200, 52, 60, 16, 8
MOST: Final = 300
"""Boxes drawn; more cannot be read."""
_COLOURS: Final = {
    State.WAITING: "#2563eb",
    State.DELAYED: "#d97706",
    State.BLOCKED: "#a16207",
    State.ACTIVE: "#7c3aed",
    State.COMPLETED: "#16a34a",
    State.FAILED: "#dc2626",
    State.CANCELLED: "#6b7280",
}
Place = tuple[int, int]


def draw_flow(graph: FlowGraph) -> SafeString:
    """Return the picture; its boxes lead to the jobs, and its description says the same in words."""
    nodes = graph.nodes[:MOST]
    edges = [edge for edge in graph.edges if edge.parent < MOST and edge.child < MOST]
    places = _places(len(nodes), edges)
    columns = 1 + max((x for x, _ in places), default=0)
    rows = 1 + max((y for _, y in places), default=0)
    width = columns * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    height = rows * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN
    picture = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "role": "img",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "font-family": "inherit",
        },
    )
    _add(picture, "title", "The jobs of this flow")
    _add(picture, "desc", _in_words(nodes, edges))
    for edge in edges:
        _draw_edge(picture, edge, places)
    for node, place in zip(nodes, places, strict=True):
        _draw_node(picture, node, place)
    return mark_safe(tostring(picture, encoding="unicode"))  # noqa: S308  (ElementTree escapes what it is given)


def _places(count: int, edges: list[GraphEdge]) -> list[Place]:
    """Return (column, row) of each node: a column beyond all that it waits for. Children come before parents."""
    column = [0] * count
    for edge in sorted(edges, key=lambda edge: (edge.parent, edge.child)):
        column[edge.parent] = max(column[edge.parent], column[edge.child] + 1)
    filled: Counter[int] = Counter()
    places = []
    for number in range(count):
        places.append((column[number], filled[column[number]]))
        filled[column[number]] += 1
    return places


def _draw_edge(picture: Element, edge: GraphEdge, places: list[Place]) -> None:
    (x1, y1), (x2, y2) = _corner(places[edge.child]), _corner(places[edge.parent])
    start, end, middle = (x1 + WIDTH, y1 + HEIGHT // 2), (x2, y2 + HEIGHT // 2), (x1 + WIDTH + x2) // 2
    path = f"M{start[0]} {start[1]}C{middle} {start[1]} {middle} {end[1]} {end[0]} {end[1]}"
    broken = edge.ended not in ("", "completed")
    line = _add(picture, "path", d=path, fill="none", stroke="#dc2626" if broken else "currentColor", opacity="0.6")
    if not edge.ended:
        line.set("stroke-dasharray", "4 3")
    told = f"on failure: {edge.on_failure}; {edge.ended or 'waits'}"
    _add(line, "title", told)


def _draw_node(picture: Element, node: GraphNode, place: Place) -> None:
    x, y = _corner(place)
    colour = _COLOURS.get(State(node.state), "#6b7280")
    link = _add(picture, "a", href=reverse("admin:jobs_job_change", args=[node.jobs[0]]))
    _add(link, "title", f"{node.actor} in {node.queue}: {node.state}, {node.name}")
    box = {"x": str(x), "y": str(y), "width": str(WIDTH), "height": str(HEIGHT), "rx": "6"}
    _add(link, "rect", **box, fill=colour, **{"fill-opacity": "0.12"}, stroke=colour)
    times = f" × {node.count}" if node.count > 1 else ""
    label = {"x": str(x + 10), "fill": "currentColor"}
    _add(link, "text", _cut(f"{node.actor}{times}", 27), y=str(y + 21), **label, **{"font-size": "13"})
    below = node.state if node.count > 1 else f"{node.state} · {node.name}"
    _add(link, "text", _cut(below, 33), y=str(y + 39), **label, **{"font-size": "11", "opacity": "0.75"})


def _corner(place: Place) -> Place:
    return MARGIN + place[0] * (WIDTH + GAP_X), MARGIN + place[1] * (HEIGHT + GAP_Y)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _in_words(nodes: list[GraphNode], edges: list[GraphEdge]) -> str:
    said = []
    for number, node in enumerate(nodes):
        waits = sorted({edge.child for edge in edges if edge.parent == number})
        after = f", after {', '.join(nodes[child].actor for child in waits)}" if waits else ""
        said.append(f"{node.count} {node.actor} {node.state}{after}.")
    return " ".join(said)


def _add(parent: Element, tag: str, text: str = "", **attributes: Any) -> Element:
    element = SubElement(parent, tag, {name: str(value) for name, value in attributes.items()})
    element.text = text or None
    return element
