"""What a price-math report says, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext

from ingestion.numbers import CONTEXT, money


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One node's computation; `output` is a number text as the engine wrote it."""

    operation: str
    description: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How far one node moved the price; the moves of an item sum to its calculated minus its base price."""

    name: str
    delta: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem:
    """One item of a batch with its prices; `adjusted_price` is the override if there is one."""

    item_id: str
    sku: str
    item_name: str
    contract_name: str
    base_price: Decimal
    base_currency: str
    adjusted_price: Decimal
    adjusted_currency: str
    steps: tuple[Step, ...] = ()
    counted_steps: int | None = None
    base_unit: str = ""
    adjusted_unit: str = ""
    is_approved: bool = False
    is_overridden: bool = False
    override_reason: str | None = None
    original_price: Decimal | None = None
    moves: tuple[Move, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, str, str]:
        """Where the item stands in a report; texts compare by code point."""
        return self.sku, self.contract_name, self.item_id

    @property
    def step_count(self) -> int:
        """How many steps led to the price, also where only their number was read."""
        return len(self.steps) if self.counted_steps is None else self.counted_steps

    @property
    def base_text(self) -> str:
        """The base price as reports print it."""
        return money(self.base_price, self.base_currency)

    @property
    def adjusted_text(self) -> str:
        """The adjusted price as reports print it."""
        return money(self.adjusted_price, self.adjusted_currency)

    @property
    def original_text(self) -> str:
        """The price before the override as reports print it, empty if there is none."""
        return "" if self.original_price is None else money(self.original_price, self.adjusted_currency)

    @property
    def change_percent(self) -> Decimal | None:
        """How far the price moved, in percent of the base price; None where the two cannot be compared."""
        if (self.base_currency, self.base_unit) != (self.adjusted_currency, self.adjusted_unit) or not self.base_price:
            return None
        with localcontext(CONTEXT):
            return (self.adjusted_price - self.base_price) / abs(self.base_price) * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """What the first page says of the batch."""

    batch_id: str
    tenant_name: str
    pam_name: str
    pam_version: int
    contract_name: str | None
    as_of_date: date
    version_preference: str
    status: str
    approved_by: str | None
    approved_at: datetime | None
    items_total: int
    items_failed: int

    @property
    def is_approved(self) -> bool:
        """Whether the latest approval of the batch is one."""
        return self.approved_at is not None


def in_order(items: Iterable[ReportItem]) -> list[ReportItem]:
    """Return items as a report lists them."""
    return sorted(items, key=lambda item: item.order)
