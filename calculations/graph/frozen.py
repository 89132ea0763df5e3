"""A batch's inputs as they were when it was created: all that its execution reads (domain specification, 7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from calculations.graph.inputs_hash import PricedItem
from calculations.graph.lookups import Answer, Found, LookupKey, Missing
from calculations.graph.units import SeriesKind
from ingestion.numbers import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenInputs:
    """Graph, items sorted by id, index values, and what kind of series those came from."""

    graph: dict[str, Any]
    items: Sequence[PricedItem]
    answers: Mapping[LookupKey, Answer]
    kinds: Mapping[str, SeriesKind]

    def as_json(self) -> dict[str, Any]:
        """Return the form that the batch's row keeps; index values keep every digit."""
        return {
            "graph": self.graph,
            "items": [
                {
                    "id": item.id,
                    "sku": item.sku,
                    "basePrice": plain(item.base_price),
                    "baseCurrency": item.base_currency,
                    "uom": item.uom,
                }
                for item in self.items
            ],
            "lookups": [_lookup(key, answer) for key, answer in sorted(self.answers.items(), key=lambda pair: pair[0])],
            "series": {code: {"dataType": kind.data_type, "unit": kind.unit} for code, kind in self.kinds.items()},
        }


def read_frozen(stored: Mapping[str, Any]) -> FrozenInputs:
    """Return the inputs that a batch's row keeps."""
    return FrozenInputs(
        graph=stored["graph"],
        items=[
            PricedItem(
                id=item["id"],
                sku=item["sku"],
                base_price=Decimal(item["basePrice"]),
                base_currency=item["baseCurrency"],
                uom=item["uom"],
            )
            for item in stored["items"]
        ],
        answers=dict(_read_lookup(entry) for entry in stored["lookups"]),
        kinds={
            code: SeriesKind(data_type=kind["dataType"], unit=kind["unit"]) for code, kind in stored["series"].items()
        },
    )


def _lookup(key: LookupKey, answer: Answer) -> dict[str, Any]:
    entry: dict[str, Any] = {"series": key.series, "operation": key.operation, "lagDays": key.lag_days}
    if isinstance(answer, Missing):
        return entry | {"error": answer.code, "message": answer.message}
    return entry | {
        "value": plain(answer.value),
        "versionTag": answer.version_tag,
        "requestedDate": answer.requested_date.isoformat(),
        "actualDate": answer.actual_date.isoformat(),
        "gapDays": answer.gap_days,
        "count": answer.count,
    }


def _read_lookup(entry: Mapping[str, Any]) -> tuple[LookupKey, Answer]:
    key = LookupKey(series=entry["series"], operation=entry["operation"], lag_days=entry["lagDays"])
    if "error" in entry:
        return key, Missing(code=entry["error"], message=entry["message"])
    return key, Found(
        value=Decimal(entry["value"]),
        version_tag=entry["versionTag"],
        requested_date=date.fromisoformat(entry["requestedDate"]),
        actual_date=date.fromisoformat(entry["actualDate"]),
        gap_days=entry["gapDays"],
        count=entry["count"],
    )
