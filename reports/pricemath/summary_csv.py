"""The price-math report as CSV with one record an item."""

from collections.abc import Iterable, Iterator

from reports.pricemath.values import ReportItem
from reports.records import FLAG, guard, records

HEADER = (
    "sku",
    "itemName",
    "contractName",
    "basePrice",
    "baseCurrency",
    "adjustedPrice",
    "adjustedCurrency",
    "isApproved",
    "isOverridden",
    "overrideReason",
    "calculationSteps",
)


def summary_csv(items: Iterable[ReportItem]) -> Iterator[bytes]:
    """Yield the file's records; `items` come in report order."""
    return records(HEADER, map(_row, items))


def _row(item: ReportItem) -> tuple[str, ...]:
    """Return an item's cells."""
    return (
        guard(item.sku),
        guard(item.item_name),
        guard(item.contract_name),
        item.base_text,
        guard(item.base_currency),
        item.adjusted_text,
        guard(item.adjusted_currency),
        FLAG[item.is_approved],
        FLAG[item.is_overridden],
        guard(item.override_reason or ""),
        str(item.step_count),
    )
