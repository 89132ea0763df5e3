"""What the `webhooks` queue runs."""

from datetime import UTC, datetime
from typing import Any

from jobs import Fail, Retry, Snooze, actor, current_job, timestamp
from webhooks.errors import MessageNotFound, TenantMismatch
from webhooks.payloads import DeliverWebhook, EraseSecret
from webhooks.services.deliver import deliver_message
from webhooks.services.secrets import erase_previous_secret


@actor(queue_name="webhooks", actor_name="deliver-webhook", time_limit=300_000)
def deliver_webhook(payload: DeliverWebhook) -> dict[str, Any]:
    """Send a message; retried while a delivery wants it, a dead letter once one has run out of attempts.

    Safe to run twice: only pending deliveries are called, and receivers know a message by its id. Answers that no
    repeat changes do not fail the job: its result then says FAILED.
    """
    job = current_job()

    def one_more(percent: int) -> None:
        job.update_progress(percent)
        job.renew_time_limit()  # the limit is for one endpoint that hangs, not for many that answer

    try:
        report = deliver_message(
            tenant_id=payload.tenant_id,
            message_id=payload.message_id,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            delivery_id=payload.delivery_id,
            on_progress=one_more,
        )
    except (MessageNotFound, TenantMismatch) as error:
        raise Fail(str(error)) from error
    if report.wait is not None:
        raise Retry(delay=report.wait, reason=f"{payload.message_id}: an endpoint did not take it")
    if report.exhausted:
        raise Fail(f"{payload.message_id}: out of attempts for {report.exhausted} of its deliveries")
    return {
        "status": "FAILED" if report.failed else "DELIVERED",
        "messageId": report.message_id,
        "delivered": report.delivered,
        "failed": report.failed,
        "timestamp": timestamp(datetime.now(UTC)),
    }


@actor(queue_name="webhooks", actor_name="erase-webhook-secret")
def erase_webhook_secret(payload: EraseSecret) -> dict[str, Any]:
    """Erase the secret that a rotation replaced; safe to run twice, an erased secret stays erased."""
    left = erase_previous_secret(tenant_id=payload.tenant_id, endpoint_id=payload.endpoint_id)
    if left is not None:
        raise Snooze(left)
    return {"endpointId": payload.endpoint_id}
