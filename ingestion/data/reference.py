"""Which files of public index data there are, and the series they hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingestion.models import DataType, Frequency

_HERE = Path(__file__).resolve().parent
EURO_RATES_CSV = _HERE / "ecb_euro_rates.csv"
CONSUMER_PRICES_CSV = _HERE / "bls_cpi_monthly.csv"
CSV_FILES = (EURO_RATES_CSV, CONSUMER_PRICES_CSV)

_CURRENCIES = {
    "BRL": "Brazilian reals",
    "CAD": "Canadian dollars",
    "CHF": "Swiss francs",
    "CNY": "Chinese yuan",
    "GBP": "Pounds sterling",
    "INR": "Indian rupees",
    "JPY": "Japanese yen",
    "PLN": "Polish zloty",
    "SEK": "Swedish kronor",
    "USD": "US dollars",
}
_PRICES = {
    "CPI_ALL": "all items",
    "CPI_ELECTRICITY": "electricity",
    "CPI_FOOD": "food",
    "CPI_GASOLINE": "gasoline",
    "CPI_HOUSEHOLD_ENERGY": "household energy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSeries:
    """What a series of the files is."""

    code: str
    name: str
    provider: str
    data_type: DataType
    frequency: Frequency
    unit: str


REFERENCE_SERIES = (
    *(
        ReferenceSeries(
            code=f"EUR_{currency}",
            name=f"{name} for one euro",
            provider="European Central Bank",
            data_type=DataType.FX,
            frequency=Frequency.DAILY,
            unit=currency,
        )
        for currency, name in _CURRENCIES.items()
    ),
    *(
        ReferenceSeries(
            code=code,
            name=f"US consumer prices, {what}",
            provider="U.S. Bureau of Labor Statistics",
            data_type=DataType.INDEX,
            frequency=Frequency.MONTHLY,
            unit="Index 1982-84=100",
        )
        for code, what in _PRICES.items()
    ),
)
