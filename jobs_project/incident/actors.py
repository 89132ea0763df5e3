"""What the jobs of the bad night run, once somebody brings them back.

Their causes are mended, so they complete; but a job without a currency fails until somebody edits its payload.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs import Payload, actor


class FetchPrices(Payload):
    """Fetches a vendor's prices."""

    item: str
    tenant_id: str = ""


class ValueDeal(Payload):
    """Values a deal in its currency."""

    item: str
    tenant_id: str = ""
    currency: str = ""


class TellPartner(Payload):
    """Tells a partner."""

    item: str
    tenant_id: str = ""


class DrawReport(Payload):
    """Draws a report."""

    item: str
    tenant_id: str = ""


RATES: Mapping[str, str] = {"EUR": "1", "USD": "1.08", "GBP": "0.86"}


@actor(queue_name="ingestion", actor_name="demo-fetch-prices")
def fetch_prices(payload: FetchPrices) -> dict[str, Any]:
    """Fetch; safe to run twice, it changes nothing."""
    return {"fetched": payload.item}


@actor(queue_name="calculation", actor_name="demo-value-deal", max_retries=0)
def value_deal(payload: ValueDeal) -> dict[str, Any]:
    """Value; safe to run twice, it changes nothing."""
    return {"valued": payload.item, "rate": RATES[payload.currency]}


@actor(queue_name="webhooks", actor_name="demo-tell-partner")
def tell_partner(payload: TellPartner) -> dict[str, Any]:
    """Tell; safe to run twice, it changes nothing."""
    return {"told": payload.item}


@actor(queue_name="reports", actor_name="demo-draw-report")
def draw_report(payload: DrawReport) -> dict[str, Any]:
    """Draw; safe to run twice, it changes nothing."""
    return {"drawn": payload.item}
