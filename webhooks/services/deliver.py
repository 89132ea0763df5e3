"""Sends a message to every endpoint that still waits for it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from webhooks.models import DeliveryStatus, WebhookDelivery, WebhookMessage
from webhooks.services.attempt import attempt_delivery
from webhooks.services.lookup import find_message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReport:
    """How far a message has come: deliveries made, given up (of them out of attempts), and the wait asked for."""

    message_id: str
    delivered: int
    failed: int
    exhausted: int
    wait: timedelta | None = None


def deliver_message(
    *,
    tenant_id: str,
    message_id: str,
    attempt: int,
    max_attempts: int,
    delivery_id: str | None = None,
    on_progress: Callable[[int], None] = lambda _percent: None,
) -> MessageReport:
    """Call each endpoint whose delivery is pending, or that of `delivery_id` only, and report.

    Runs one call after the other outside any transaction and commits each outcome before the next call: a run that
    is cut off and repeated calls nobody again who has answered 2xx. `on_progress` hears the percentage after each.
    The report's wait is the longest that a delivery asks for, None when none wants another try; attempt
    `max_attempts` leaves none waiting. Raises MessageNotFound and TenantMismatch.
    """
    message = find_message(tenant_id=tenant_id, message_id=message_id)
    deliveries = message.deliveries.all()
    if delivery_id is not None:
        deliveries = deliveries.filter(pk=delivery_id)
    pending = _pending(deliveries, first_attempt=attempt == 1)
    waits: dict[str, timedelta] = {}
    for done, delivery in enumerate(pending, start=1):
        if done > 1:
            delivery.endpoint.refresh_from_db()  # earlier calls may have taken minutes
        wait = attempt_delivery(delivery=delivery, message=message, attempt=attempt, max_attempts=max_attempts)
        if wait is not None:
            waits[delivery.pk] = wait
        on_progress(100 * done // len(pending))
    return _report(message, deliveries, waits)


def _pending(deliveries: QuerySet[WebhookDelivery], *, first_attempt: bool) -> list[WebhookDelivery]:
    """Return the deliveries to make, each with its endpoint, in one query.

    On a job's first attempt without any, an operator has retried a dead letter: exhausted ones get a fresh round.
    """
    deliveries = deliveries.select_related("endpoint").order_by("created_at", "pk")
    found = list(deliveries)
    pending = [delivery for delivery in found if delivery.status == DeliveryStatus.PENDING]
    if pending or not first_attempt:
        return pending
    exhausted = deliveries.filter(status=DeliveryStatus.EXHAUSTED)
    if not exhausted.update(status=DeliveryStatus.PENDING, updated_at=timezone.now()):
        return []
    return list(
        deliveries.filter(status=DeliveryStatus.PENDING).select_related("endpoint").order_by("created_at", "pk")
    )


def _report(
    message: WebhookMessage, deliveries: QuerySet[WebhookDelivery], waits: dict[str, timedelta]
) -> MessageReport:
    wait = max(waits.values(), default=None)
    if wait is not None:  # the job comes back once, for all of them
        now = timezone.now()
        deliveries.filter(pk__in=waits, status=DeliveryStatus.PENDING).update(next_attempt_at=now + wait)
    counts = Counter(deliveries.values_list("status", flat=True))
    exhausted = counts[DeliveryStatus.EXHAUSTED]
    return MessageReport(
        message_id=message.pk,
        delivered=counts[DeliveryStatus.SUCCESS],
        failed=counts[DeliveryStatus.FAILED] + exhausted,
        exhausted=exhausted,
        wait=wait,
    )
