"""Names everything a batch is calculated from: equal hashes mean equal results (domain specification, 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from calculations.graph.lookups import Answer, Found, LookupKey
from ingestion.numbers import dec
from jobs import canonical_json

FORMAT = 1
"""Raise it when the text changes, so that old hashes never match new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedItem:
    """What of an item a price depends on, and the sku that people know it by."""

    id: str
    sku: str
    base_price: Decimal
    base_currency: str
    uom: str


def canonical_inputs(
    *,
    graph_hash: str,
    as_of_date: date,
    version_preference: str,
    items: Iterable[PricedItem],
    answers: Mapping[LookupKey, Answer],
) -> str:
    """Return the text that is hashed."""
    return canonical_json(
        {
            "asOfDate": as_of_date.isoformat(),
            "graphHash": graph_hash,
            "items": [_item(item) for item in sorted(items, key=lambda item: item.id)],
            "lookups": [_lookup(key, answers[key]) for key in sorted(answers)],
            "v": FORMAT,
            "versionPreference": version_preference,
        }
    )


def _item(item: PricedItem) -> dict[str, str]:
    return {
        "baseCurrency": item.base_currency,
        "basePrice": dec(item.base_price),
        "id": item.id,
        "uom": item.uom,
    }


def _lookup(key: LookupKey, answer: Answer) -> dict[str, Any]:
    entry: dict[str, Any] = {"series": key.series, "operation": key.operation, "lagDays": key.lag_days}
    if not isinstance(answer, Found):
        return entry | {"error": answer.code}
    return entry | {
        "value": dec(answer.value),
        "versionTag": answer.version_tag,
        "actualDate": answer.actual_date.isoformat(),
        "count": answer.count,
    }
