"""Judges the alert rules: opens what has been broken for long enough, closes what is well again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Manager

from jobs.services.alert_channels import send
from jobs.services.alert_values import Look, values, words

if TYPE_CHECKING:
    from jobs.models import Alert, AlertRule


def judge(*, now: datetime) -> list[Alert]:
    """Judge every rule once; return the alerts that have opened or closed now. They were sent unless muted.

    Every step is a conditional update: two caretakers that overlap open and close once.
    """
    look = Look(now)
    moved: list[Alert] = []
    known = {(alert.rule_id, alert.queue): alert for alert in _alerts().filter(closed_at=None).select_related("rule")}
    for rule in apps.get_model("jobs", "AlertRule").objects.all():
        found = values(look, rule) if rule.is_enabled else {}
        for queue in sorted(found.keys() | {of for rule_id, of in known if rule_id == rule.pk}):
            alert = _judge(rule, queue, found.get(queue), known.get((rule.pk, queue)), now)
            if alert is not None:
                moved.append(alert)
                if not (rule.muted_until and rule.muted_until > now):
                    send(alert)
    return moved


def _alerts() -> Manager[Alert]:
    return apps.get_model("jobs", "Alert").objects


def _judge(rule: AlertRule, queue: str, value: float | None, alert: Alert | None, now: datetime) -> Alert | None:
    """Move one alert by its value; return it if it opened or closed."""
    if value is not None and value > rule.threshold:
        return _above(rule, queue, value, alert, now)
    if alert is None:
        return None
    if alert.opened_at is None:
        _alerts().filter(pk=alert.pk, opened_at=None).delete()
        return None
    if value is None or value <= rule.clear_at:
        return _moved(alert, closed_at=now, value=alert.value if value is None else value)
    _alerts().filter(pk=alert.pk).update(value=value)
    return None


def _above(rule: AlertRule, queue: str, value: float, alert: Alert | None, now: datetime) -> Alert | None:
    told = {"value": value, "words": words(rule, queue, value), "severity": rule.severity}
    if alert is None:
        alert, _ = _alerts().get_or_create(
            rule=rule, queue=queue, closed_at=None, defaults={**told, "worst": value, "since": now}
        )
    worst = max(value, alert.worst)
    if alert.opened_at is None and now - alert.since >= rule.hold:
        return _moved(alert, opened_at=now, worst=worst, **told)
    _alerts().filter(pk=alert.pk).update(worst=worst, **told)
    return None


def _moved(alert: Alert, **fields: object) -> Alert | None:
    """Open or close an alert; None if somebody else has just done so."""
    still = _alerts().filter(pk=alert.pk, closed_at=None)
    if "opened_at" in fields:
        still = still.filter(opened_at=None)
    if not still.update(**fields):
        return None
    alert.refresh_from_db()
    return alert
