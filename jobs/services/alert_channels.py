"""Sends alerts: each kind of channel is one function."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import requests
from django.apps import apps
from django.core.mail import send_mail
from standardwebhooks import Webhook

from jobs.conf import jobs_settings
from jobs.errors import InvalidSettings

if TYPE_CHECKING:
    from jobs.models import Alert, AlertChannel

logger = logging.getLogger("jobs.alerts")
SEND_S = 5.0


def _log(channel: AlertChannel, alert: Alert) -> None:  # noqa: ARG001  # every kind is told which channel
    fields = {"rule": alert.rule.name, "queue": alert.queue, "value": alert.value, "worst": alert.worst}
    if alert.closed_at:
        logger.info("[Alert] Closed: %s", alert.words, extra=fields)
    else:
        level = logging.ERROR if alert.severity == "critical" else logging.WARNING
        logger.log(level, "[Alert] Opened: %s", alert.words, extra=fields)


def _mail(channel: AlertChannel, alert: Alert) -> None:
    """Send to the addresses of the target, comma-separated, by Django's e-mail settings."""
    to = [address.strip() for address in channel.target.split(",")]
    facts = "\n".join(f"{name}: {value}" for name, value in describe(alert).items())
    send_mail(f"[Alert] {headline(alert)}", f"{alert.words}\n\n{facts}\n", None, to)


def _webhook(channel: AlertChannel, alert: Alert) -> None:
    """Send `describe` as JSON, signed as Standard Webhooks say, with `JOBS["ALERT_SECRET"]`."""
    secret = jobs_settings().alert_secret
    if not secret:
        raise InvalidSettings("ALERT_SECRET", "a webhook is signed with it", "whsec_" + b64encode(b"x" * 24).decode())
    body, now = json.dumps(describe(alert)), datetime.now(tz=UTC)
    message = f"alert-{alert.pk}-{'closed' if alert.closed_at else 'opened'}"  # the receiver knows a repeat by it
    _post(
        channel.target,
        body,
        {
            "webhook-id": message,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message, now, body),
        },
    )


def _slack(channel: AlertChannel, alert: Alert) -> None:
    """Send a line to an incoming webhook of Slack, or of what speaks like it (Mattermost, Rocket.Chat, Discord)."""
    sign = ":white_check_mark:" if alert.closed_at else ":rotating_light:"
    _post(channel.target, json.dumps({"text": f"{sign} {headline(alert)}"}), {})


def _post(url: str, body: str, headers: dict[str, str]) -> None:
    with requests.Session() as session:
        session.trust_env = False  # the operator has named the address, not the environment a proxy
        answer = session.post(
            url,
            data=body.encode(),
            headers={"Content-Type": "application/json", **headers},
            timeout=SEND_S,
            allow_redirects=False,
        )
    answer.raise_for_status()


def headline(alert: Alert) -> str:
    """Return one line: whether it has opened or closed, and what is the matter."""
    return f"{'Closed' if alert.closed_at else 'Opened'}: {alert.words}"


def describe(alert: Alert) -> dict[str, Any]:
    """Return an alert as programs get it."""
    return {
        "type": "alert.closed" if alert.closed_at else "alert.opened",
        "rule": alert.rule.name,
        "queue": alert.queue,
        "severity": alert.severity,
        "words": alert.words,
        "value": alert.value,
        "worst": alert.worst,
        "since": alert.since.isoformat(),
        "openedAt": alert.opened_at.isoformat() if alert.opened_at else None,
        "closedAt": alert.closed_at.isoformat() if alert.closed_at else None,
    }


CHANNELS: Final[dict[str, Callable[[AlertChannel, Alert], None]]] = {
    "log": _log,
    "email": _mail,
    "webhook": _webhook,
    "slack": _slack,
}
"""Kind → what sends an alert that has opened or closed there; may raise, which is logged."""


def send(alert: Alert) -> None:
    """Send an alert by every channel that wants it; one that fails does not keep the others from it.

    What goes over a network does so on a thread: the caretaker has other duties than to wait for a mail server.
    """
    for channel in apps.get_model("jobs", "AlertChannel").objects.filter(is_enabled=True):
        if channel.only_critical and alert.severity != "critical":
            continue
        if channel.kind == "log" or channel.kind not in CHANNELS:
            _try(channel, alert)
        else:
            _senders().submit(_try, channel, alert)


def _try(channel: AlertChannel, alert: Alert) -> None:
    try:
        CHANNELS[channel.kind](channel, alert)
    except Exception:
        logger.exception("The alert channel %s failed", channel)


@cache
def _senders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="alerts")
