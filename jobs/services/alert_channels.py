"""Sends alerts: each kind of channel is one function."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.apps import apps

if TYPE_CHECKING:
    from jobs.models import Alert, AlertChannel

logger = logging.getLogger("jobs.alerts")


def _log(channel: AlertChannel, alert: Alert) -> None:  # noqa: ARG001  # every kind is told which channel
    fields = {"rule": alert.rule.name, "queue": alert.queue, "value": alert.value, "worst": alert.worst}
    if alert.closed_at:
        logger.info("[Alert] Closed: %s", alert.words, extra=fields)
    else:
        level = logging.ERROR if alert.severity == "critical" else logging.WARNING
        logger.log(level, "[Alert] Opened: %s", alert.words, extra=fields)


CHANNELS: Final[dict[str, Callable[[AlertChannel, Alert], None]]] = {"log": _log}
"""Kind → what sends an alert that has opened or closed there; may raise, which is logged."""


def send(alert: Alert) -> None:
    """Send an alert by every channel that wants it; one that fails does not keep the others from it."""
    for channel in apps.get_model("jobs", "AlertChannel").objects.filter(is_enabled=True):
        if channel.only_critical and alert.severity != "critical":
            continue
        try:
            CHANNELS[channel.kind](channel, alert)
        except Exception:
            logger.exception("The alert channel %s failed", channel)
