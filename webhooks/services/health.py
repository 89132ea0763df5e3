"""Says how an endpoint does, from the log of its latest calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webhooks.models import DeliveryAttempt, DeliveryStatus, WebhookDelivery, WebhookEndpoint

LOOKED_AT = 100
"""Deliveries whose calls count: the latest ones, so that a busy endpoint costs no more than a quiet one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: when, how long, and whether it was answered with 2xx."""

    started_at: datetime
    duration: timedelta
    is_success: bool
    outcome: str

    @property
    def milliseconds(self) -> float:
        """Return how long it took."""
        return self.duration / timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The latest calls of an endpoint, oldest first, and how many deliveries are still to be sent."""

    calls: Sequence[Call]
    pending: int
    given_up: int

    @property
    def successes(self) -> int:
        """Return how many of the calls were answered with 2xx."""
        return sum(call.is_success for call in self.calls)

    @property
    def last_success(self) -> Call | None:
        """Return the latest call that was answered with 2xx."""
        return next((call for call in reversed(self.calls) if call.is_success), None)

    @property
    def streak(self) -> Sequence[Call]:
        """Return the calls that failed since the last success."""
        good = [place for place, call in enumerate(self.calls) if call.is_success]
        return self.calls[good[-1] + 1 :] if good else self.calls

    @property
    def median(self) -> float | None:
        """Return the middle of the durations in milliseconds."""
        return self._at(0.5)

    @property
    def slowest(self) -> float | None:
        """Return the duration in milliseconds that 95 of 100 calls keep under."""
        return self._at(0.95)

    def _at(self, part: float) -> float | None:
        durations = sorted(call.milliseconds for call in self.calls)
        return durations[min(int(part * len(durations)), len(durations) - 1)] if durations else None


def endpoint_health(endpoint: WebhookEndpoint) -> Health:
    """Return how an endpoint does; four queries by index."""
    deliveries = WebhookDelivery.objects.filter(endpoint=endpoint)
    latest = list(deliveries.order_by("-created_at", "-pk").values_list("pk", flat=True)[:LOOKED_AT])
    rows = DeliveryAttempt.objects.filter(delivery_id__in=latest).order_by("-started_at", "-pk")[:LOOKED_AT]
    return Health(
        calls=[_call(row) for row in reversed(rows)],
        pending=deliveries.filter(status=DeliveryStatus.PENDING).count(),
        given_up=deliveries.filter(status__in=(DeliveryStatus.FAILED, DeliveryStatus.EXHAUSTED)).count(),
    )


def _call(row: DeliveryAttempt) -> Call:
    return Call(
        started_at=row.started_at,
        duration=row.duration,
        is_success=row.status_code is not None and 200 <= row.status_code < 300 and not row.error,
        outcome=str(row.status_code) if row.status_code is not None and not row.error else row.error,
    )
