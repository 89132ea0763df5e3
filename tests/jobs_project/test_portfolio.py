"""The demo's formulas and items."""

import pytest

from calculations.graph.units import SeriesKind, item_dimensions
from calculations.graph.validate import validate
from jobs_project.demo.portfolio import BUYERS, Agreement

AGREEMENTS = [agreement for buyer in BUYERS for agreement in buyer.agreements]
INDEX = SeriesKind(data_type="INDEX", unit="Index 1982-84=100")
KINDS = {
    "CPI_ALL": INDEX,
    "CPI_GASOLINE": INDEX,
    "CPI_ELECTRICITY": INDEX,
    "CPI_HOUSEHOLD_ENERGY": INDEX,
    "EUR_USD": SeriesKind(data_type="FX", unit=None),
    "EUR_JPY": SeriesKind(data_type="FX", unit=None),
}


@pytest.mark.parametrize("agreement", AGREEMENTS, ids=lambda agreement: agreement.prefix)
def test_every_formula_is_valid_for_its_items(agreement: Agreement) -> None:
    verdict = validate(agreement.graph, kinds=KINDS, base=item_dimensions(agreement.currency, agreement.unit))

    assert verdict.errors == ()
    assert verdict.warnings == ()


def test_there_are_a_thousand_items_of_two_tenants() -> None:
    assert len(BUYERS) == 2
    assert sum(agreement.items for agreement in AGREEMENTS) >= 1000


def test_the_formulas_use_series_means_lags_currencies_and_a_collar() -> None:
    configs = [node["config"] for agreement in AGREEMENTS for node in agreement.graph["nodes"]]

    assert {"avg_3m", "avg_6m", "avg_12m"} <= {config.get("operation") for config in configs}
    assert any(config.get("lagDays") for config in configs)
    assert any("fxSeries" in config for config in configs)
    assert any({"cap", "floor"} <= config.keys() for config in configs)
