"""Shows a graph with all that is to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from calculations.graph.errors import GraphFailed
from calculations.graph.problem import Verdict
from calculations.picture.graph import draw_graph


def graph_picture(
    graph: dict[str, Any],
    *,
    verdict: Verdict,
    title: str = "Graph",
    values: Mapping[str, str] | None = None,
    failure: GraphFailed | None = None,
) -> SafeString:
    """Return the picture, and below it the findings that belong to no node."""
    drawn = draw_graph(graph, verdict=verdict, title=title, values=values, failure=failure)
    found = (*verdict.errors, *verdict.warnings)
    placeless = [problem for problem in found if problem.node_id is None or drawn is None]
    told = format_html_join("", "<div>{}: {}</div>", [(problem.code, problem.message) for problem in placeless])
    return format_html('<div class="picture">{}</div>{}', drawn or "", told)
