"""The price-math report as CSV with one record a calculation step."""

from collections.abc import Iterable, Iterator

from reports.pricemath.values import ReportItem
from reports.records import FLAG, guard, records

HEADER = (
    "sku",
    "itemName",
    "contractName",
    "step",
    "operation",
    "description",
    "output",
    "basePrice",
    "adjustedPrice",
    "isApproved",
    "isOverridden",
)


def detailed_csv(items: Iterable[ReportItem]) -> Iterator[bytes]:
    """Yield the file's records; `items` come in report order."""
    return records(HEADER, (row for item in items for row in _rows(item)))


def _rows(item: ReportItem) -> Iterator[tuple[str, ...]]:
    """Yield an item's steps; its first carries the base price, its last the adjusted one."""
    last = len(item.steps)
    for number, step in enumerate(item.steps, start=1):
        yield (
            guard(item.sku),
            guard(item.item_name),
            guard(item.contract_name),
            f"Step {number}",
            guard(step.operation),
            guard(step.description),
            step.output,
            item.base_text if number == 1 else "",
            item.adjusted_text if number == last else "",
            FLAG[item.is_approved],
            FLAG[item.is_overridden],
        )
