"""Makes one call for one delivery and records what it came to."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jobs import write_audit
from webhooks.answers import Outcome, Verdict, judge
from webhooks.conf import webhook_conf
from webhooks.errors import SecretUnreadable
from webhooks.models import DeliveryAttempt, DeliveryStatus, WebhookDelivery, WebhookEndpoint, WebhookMessage
from webhooks.sender import Answer, post
from webhooks.signing import signed_headers

GONE_REASON = "410 Gone"

_log = logging.getLogger(__name__)
_STATUS = {
    Outcome.SUCCESS: DeliveryStatus.SUCCESS,
    Outcome.RETRY: DeliveryStatus.PENDING,
    Outcome.FAILED: DeliveryStatus.FAILED,
    Outcome.EXHAUSTED: DeliveryStatus.EXHAUSTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it was made."""

    number: int
    started_at: datetime
    answer: Answer
    verdict: Verdict


def attempt_delivery(
    *, delivery: WebhookDelivery, message: WebhookMessage, attempt: int, max_attempts: int
) -> timedelta | None:
    """Send `message` for a pending delivery and return the wait it asks for, None if its fate is settled.

    The delivery comes with its endpoint freshly read: one that was disabled or deleted gets nothing. The call is
    claimed by counting it in a conditional update before it is made: of two runs that saw the same row, one makes it.
    """
    endpoint = delivery.endpoint
    if not endpoint.receives:
        _give_up(delivery, reason="endpoint deleted" if endpoint.deleted_at else "endpoint disabled")
        return None
    now = timezone.now()
    try:
        secrets = endpoint.signing_secrets(at=now)
    except SecretUnreadable as error:
        _give_up(delivery, reason=str(error))
        return None
    number = delivery.attempts + 1
    if not _pending(delivery).filter(attempts=delivery.attempts).update(attempts=number, updated_at=now):
        return None
    headers = signed_headers(secrets=secrets, message_id=message.pk, timestamp=int(now.timestamp()), body=message.body)
    answer = post(url=endpoint.url, headers=headers, body=message.body)
    verdict = _verdict(answer, attempt=attempt, max_attempts=max_attempts)
    _record(delivery, Call(number=number, started_at=now, answer=answer, verdict=verdict))
    return verdict.wait


def _verdict(answer: Answer, *, attempt: int, max_attempts: int) -> Verdict:
    if answer.refused:  # the guard's word is about the address: it is the same in a minute
        return Verdict(outcome=Outcome.FAILED)
    return judge(
        status=answer.status,
        attempt=attempt,
        max_attempts=max_attempts,
        retry_after=answer.retry_after,
        delays=webhook_conf().retry_delays,
    )


@transaction.atomic
def _record(delivery: WebhookDelivery, call: Call) -> None:
    answer, outcome = call.answer, call.verdict.outcome
    now = timezone.now()
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=call.number,
        started_at=call.started_at,
        duration=answer.duration,
        status_code=answer.status,
        error=answer.error,
        answer=answer.excerpt,
    )
    rows = _pending(delivery)
    if outcome is not Outcome.SUCCESS:  # a success holds whoever reports it, a failure only until the next call
        rows = rows.filter(attempts=call.number)
    rows.update(
        status=_STATUS[outcome],
        last_status_code=answer.status,
        last_error=answer.error,
        next_attempt_at=now + call.verdict.wait if call.verdict.wait else None,
        delivered_at=now if outcome is Outcome.SUCCESS else None,
        updated_at=now,
    )
    if call.verdict.disables_endpoint:
        _disable(delivery, at=now)
    _log.info(
        "Delivery %s, attempt %d: %s", delivery.pk, call.number, outcome,
        extra={"tenant": delivery.tenant_id, "endpoint": delivery.endpoint_id, "status": answer.status},
    )  # fmt: skip


def _disable(delivery: WebhookDelivery, *, at: datetime) -> None:
    disabled = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, enabled=True).update(
        enabled=False, disabled_reason=GONE_REASON, updated_at=at
    )
    if disabled:
        write_audit(
            tenant_id=delivery.tenant_id,
            action="UPDATE",
            entity_type="WEBHOOK_ENDPOINT",
            entity_id=delivery.endpoint_id,
            changes={"enabled": {"from": True, "to": False}},
            metadata={"reason": GONE_REASON, "messageId": delivery.message_id},
        )


def _give_up(delivery: WebhookDelivery, *, reason: str) -> None:
    _pending(delivery).update(
        status=DeliveryStatus.FAILED, last_error=reason, next_attempt_at=None, updated_at=timezone.now()
    )


def _pending(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.PENDING)
