"""The public data that the demo prices with, and the series that they fill."""

import csv
from dataclasses import dataclass
from pathlib import Path

from ingestion.models import DataType, Frequency, IndexSeries
from jobs_project.demo.place import ROOT

DATA = ROOT / "ingestion" / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """One file of index values in the ingestion format; its series are alike."""

    name: str
    provider: str
    data_type: DataType
    frequency: Frequency
    unit: str | None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return DATA / self.name

    def codes(self) -> list[str]:
        """Return the series that the file has values of."""
        with self.path.open(newline="", encoding="utf-8") as file:
            return sorted({row["seriesCode"] for row in csv.DictReader(file)})

    def rows(self) -> int:
        """Return how many values the file has."""
        with self.path.open(newline="", encoding="utf-8") as file:
            return sum(1 for _ in csv.reader(file)) - 1


EURO_RATES = IndexFile(
    name="ecb_euro_rates.csv",
    provider="European Central Bank",
    data_type=DataType.FX,
    frequency=Frequency.DAILY,
    unit=None,
)
CONSUMER_PRICES = IndexFile(
    name="bls_cpi_monthly.csv",
    provider="U.S. Bureau of Labor Statistics",
    data_type=DataType.INDEX,
    frequency=Frequency.MONTHLY,
    unit="Index 1982-84=100",
)
FILES = (EURO_RATES, CONSUMER_PRICES)


def create_series(tenant_id: str) -> None:
    """Create the series of all files for a tenant."""
    IndexSeries.objects.bulk_create(
        IndexSeries(
            tenant_id=tenant_id,
            series_code=code,
            name=code.replace("_", " "),
            provider=file.provider,
            data_type=file.data_type,
            frequency=file.frequency,
            unit=file.unit,
        )
        for file in FILES
        for code in file.codes()
    )
