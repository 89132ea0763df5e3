"""The pages about graphs and batches: what they show is what the engine does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from calculations.graph.compile import compile_graph
from calculations.graph.errors import GraphFailed
from calculations.graph.lookups import Found
from calculations.models import CalcResult
from calculations.services.batch_status import batch_status
from ingestion.numbers import dec, read_number
from tests.calculations.graphs import graph, node
from tests.documents import DOCS, Block, blocks, python_blocks, run_block

GRAPHS = "pam-graphs.md"
BATCHES = "calculation-orchestrator.md"
_EXAMPLE = re.compile(r"```json\n([^`]*)```\n\n((?:\|[^\n]*\n)+)")
Row = dict[str, str]


def examples() -> Iterator[tuple[dict[str, Any], Row]]:
    """Yield each JSON block that a table follows, once with each row of the table."""
    for text, table in _EXAMPLE.findall((DOCS / GRAPHS).read_text()):
        names, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
        for row in rows:
            yield json.loads(text), dict(zip(names, row, strict=True))


def computed(raw: dict[str, Any], row: Row) -> str:
    """Return what the engine makes of a row: a price, or the code of an error."""
    compiled = compile_graph(raw if "nodes" in raw else around(raw, row), kinds={})
    program = compiled.bind({key: found(row[key.series]) for key in compiled.lookup_keys})
    base = row.get("base price", "none")
    try:
        outcome = program.run(base_price=None if base == "none" else read_number(base), currency="USD", unit="MT")
    except GraphFailed as error:
        return error.code
    return dec(outcome.value)


def around(config: dict[str, Any], row: Row) -> dict[str, Any]:
    """Return a graph of one Controls node, with the row's inputs."""
    inputs = [name for name in ("input", "base") if name in row]
    factors = [node(name, "Factor", value=row[name]) for name in inputs]
    return graph(*factors, node("held", "Controls", **config), edges=" ".join(f"{name}>held" for name in inputs))


def found(value: str) -> Found:
    """Return an index value."""
    day = date(2024, 1, 15)
    return Found(
        value=read_number(value), version_tag="FINAL", requested_date=day, actual_date=day, gap_days=0, count=1
    )


@pytest.mark.parametrize(("raw", "row"), list(examples()))
def test_the_engine_computes_what_the_page_says(raw: dict[str, Any], row: Row) -> None:
    assert computed(raw, row) == row["result"]


def test_both_meanings_of_controls_have_examples() -> None:
    headings = [block.heading for block in blocks(GRAPHS) if block.language == "json"]

    assert {"Controls of price levels", "Controls of percentages"} <= set(headings)
    assert len(list(examples())) > 20


@pytest.mark.django_db
@pytest.mark.parametrize("block", python_blocks(BATCHES), ids=str)
def test_a_batch_lives_as_the_page_shows(block: Block, request: pytest.FixtureRequest) -> None:
    names = run_block(block, BATCHES, request)

    status, contributions = (json.loads(b.text) for b in blocks(BATCHES) if b.language == "json")
    report = batch_status(tenant_id="t1", batch_id=names["made"].batch.pk).as_json()
    assert report.keys() | {"error"} == status.keys()
    assert CalcResult.objects.get().contributions == contributions
