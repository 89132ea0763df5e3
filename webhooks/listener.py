"""Hears what the domain announces, in the transaction of the change, and the caretaker's rounds."""

import logging
from collections.abc import Mapping
from datetime import datetime

from webhooks.events import is_subscribable
from webhooks.services.emit import emit
from webhooks.services.prune import prune_messages

_log = logging.getLogger(__name__)


def hear(*, type: str, tenant_id: str, key: str, facts: Mapping[str, object], **_: object) -> None:  # noqa: A002
    """Emit the event if webhooks carry it; never fails the announcer, whose change matters more than its news.

    `emit` works inside a savepoint, so that a failed statement does not spoil the announcer's transaction.
    """
    if not is_subscribable(type):
        return
    try:
        emit(event_type=type, tenant_id=tenant_id, key=key, facts=facts)
    except Exception:  # noqa: BLE001  # the edge: no fault of ours may reach the announcer
        _log.exception("Event %s was not emitted", type, extra={"tenant": tenant_id, "key": key})


def tidy(*, at: datetime, **_: object) -> None:
    """Delete what has been kept long enough."""
    prune_messages(at=at)
