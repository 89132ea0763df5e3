"""Alerts leave by mail, signed webhook and Slack-like webhook; one that fails keeps no other from it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook

from jobs.models import Alert, AlertChannel, AlertRule
from jobs.services import alert_channels
from jobs.services.alert_channels import send
from jobs.services.alert_rules import ensure_rules

SECRET = "whsec_" + b64encode(b"0123456789abcdef01234567").decode()
pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(settings: Any) -> Iterator[Alert]:
    """Hand out an open alert, and wait in the end for what is being sent."""
    settings.JOBS = {**settings.JOBS, "ALERT_SECRET": SECRET}
    ensure_rules()
    AlertChannel.objects.all().delete()
    rule = AlertRule.objects.get(name="waiting")
    now = timezone.now()
    facts = {"queue": "reports", "severity": "warning", "value": 1_200.0, "worst": 1_300.0}
    yield Alert.objects.create(rule=rule, since=now, opened_at=now, words="1,200 jobs wait in reports", **facts)
    sent()


def sent() -> None:
    """Wait until everything has left."""
    alert_channels._senders().shutdown(wait=True)
    alert_channels._senders.cache_clear()


def test_an_alert_goes_by_mail_to_every_address(alert: Alert) -> None:
    AlertChannel.objects.create(kind="email", target="ada@example.com, bob@example.com")

    send(alert)
    sent()

    (message,) = mail.outbox
    assert message.to == ["ada@example.com", "bob@example.com"]
    assert message.subject == "[Alert] Opened: 1,200 jobs wait in reports"
    assert "queue: reports" in message.body


def test_an_alert_s_webhook_is_signed_and_a_repeat_has_the_same_id(alert: Alert, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("")
    AlertChannel.objects.create(kind="webhook", target=httpserver.url_for("/hook"))

    send(alert)
    send(alert)
    sent()
    alert.closed_at = timezone.now()
    send(alert)
    sent()

    requests = [request for request, _ in httpserver.log]
    bodies: list[Any] = [Webhook(SECRET).verify(request.data, dict(request.headers)) for request in requests]
    ids = [request.headers["webhook-id"] for request in requests]
    assert [body["type"] for body in bodies] == ["alert.opened", "alert.opened", "alert.closed"]
    assert bodies[0]["queue"] == "reports"
    assert ids[0] == ids[1] != ids[2]


def test_an_alert_reads_in_slack_while_another_channel_fails(
    alert: Alert, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    httpserver.expect_request("/slack").respond_with_data("ok")
    AlertChannel.objects.create(kind="webhook", target=httpserver.url_for("/gone"))
    AlertChannel.objects.create(kind="slack", target=httpserver.url_for("/slack"))
    AlertChannel.objects.create(kind="slack", target=httpserver.url_for("/never"), only_critical=True)

    send(alert)
    sent()

    texts = [json.loads(request.data) for request, _ in httpserver.log if request.path == "/slack"]
    assert texts == [{"text": ":rotating_light: Opened: 1,200 jobs wait in reports"}]
    assert "failed" in caplog.text
    assert not any(request.path == "/never" for request, _ in httpserver.log)
