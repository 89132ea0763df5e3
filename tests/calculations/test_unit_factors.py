"""The factors that docs/pam-graphs.md gives for units, checked against pint, through the engine."""

from __future__ import annotations

import re
from decimal import Decimal

import pint
import pytest

from calculations.graph.compile import compile_graph
from ingestion.numbers import PLACES
from tests.calculations.graphs import graph, node
from tests.documents import DOCS

NAMES = {
    "MT": "metric_ton",
    "ST": "short_ton",
    "ozt": "troy_ounce",
    "bbl": "oil_bbl",
    "gal": "gallon",
    "MMBtu": "MBtu",
}
"""What pint calls the units that traders write otherwise; MBtu is a million there."""

ROWS = re.findall(r"\| USD/(\w+) \| USD/(\w+) \| ([0-9.]+) \|", (DOCS / "pam-graphs.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def units() -> pint.UnitRegistry[Decimal]:
    """Hand out pint's units, reckoned in decimals."""
    return pint.UnitRegistry(non_int_type=Decimal)


@pytest.mark.parametrize(("source", "target", "factor"), ROWS, ids=[f"{a} to {b}" for a, b, _ in ROWS])
def test_a_unit_factor_of_the_docs_is_pint_s_to_the_last_place(
    units: pint.UnitRegistry[Decimal], source: str, target: str, factor: str
) -> None:
    convert = node("out", "Convert", type="unit", from_=f"USD/{source}", to=f"USD/{target}", conversionFactor=factor)
    raw = graph(node("in", "Factor", value=1, currency="USD", unit=source), convert, edges="in>out")

    price = compile_graph(raw, kinds={}).bind({}).run(base_price=None, currency=None, unit=None)

    of_source = units.Quantity(Decimal(1), NAMES.get(target, target)).to(NAMES.get(source, source)).magnitude
    assert price.value == round(Decimal(of_source), PLACES)
    assert (price.currency, price.unit) == ("USD", target)


def test_the_docs_name_factors() -> None:
    assert len(ROWS) == 14
