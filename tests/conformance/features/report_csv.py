"""Runs the conformance cases about report CSV: the items' values through the writers that report jobs use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reports.pricemath.detailed_csv import detailed_csv
from reports.pricemath.summary_csv import summary_csv
from reports.pricemath.values import ReportItem, Step, in_order


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the file that the case's items make."""
    write = detailed_csv if case.get("detailed") else summary_csv
    return {"csv": b"".join(write(in_order(map(_item, case["items"])))).decode()}


def _item(facts: dict[str, Any]) -> ReportItem:
    """Return an item as a batch would hand it to a report."""
    return ReportItem(
        item_id=facts["itemId"],
        sku=facts["sku"],
        item_name=facts["itemName"],
        contract_name=facts["contractName"],
        base_price=Decimal(facts["basePrice"]),
        base_currency=facts["baseCurrency"],
        adjusted_price=Decimal(facts["adjustedPrice"]),
        adjusted_currency=facts["adjustedCurrency"],
        steps=tuple(Step(**step) for step in facts["steps"]),
        is_approved=facts["isApproved"],
        is_overridden=facts["isOverridden"],
        override_reason=facts.get("overrideReason"),
    )
