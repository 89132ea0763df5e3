"""Shows what the demo has calculated: the first item of every batch."""

from collections.abc import Iterable

from rich.table import Table

from calculations.models import CalcBatch, CalcResult
from ingestion.numbers import money


def as_table(batches: Iterable[CalcBatch]) -> Table:
    """Return a table with one priced item of each batch."""
    table = Table("tenant", "formula", "item", title="Prices, one item of each batch", title_justify="left")
    for title in ("base price", "adjusted price"):
        table.add_column(title, justify="right")
    for batch in batches:
        results = CalcResult.objects.filter(batch=batch).select_related("item", "batch__pam", "tenant")
        result = results.order_by("item__sku")[0]
        table.add_row(
            result.tenant.name,
            batch.pam.name,
            result.item.sku,
            f"{result.item.base_currency} {money(result.item.base_price, result.item.base_currency)}",
            f"{result.adjusted_currency} {money(result.adjusted_price, result.adjusted_currency)}",
        )
    return table
