"""The receiver that verifies."""

import http.client
import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from webhooks.receiver import Receiver
from webhooks.sender import post
from webhooks.signing import new_secret, signed_headers

OLD, NEW = new_secret(), new_secret()
BODY = '{"type":"webhook.test"}'


@pytest.fixture
def records() -> "queue.Queue[dict[str, Any]]":
    """Hand out what the receiver reported."""
    return queue.Queue()


@pytest.fixture
def receiver(records: "queue.Queue[dict[str, Any]]", local_calls: Callable[..., None]) -> Iterator[Receiver]:
    """Run a receiver that accepts two secrets."""
    with Receiver(("127.0.0.1", 0), secrets=[NEW, OLD], report=records.put) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def signed(secret: str) -> dict[str, str]:
    return signed_headers(secrets=[secret], message_id="msg_1", timestamp=int(time.time()), body=BODY)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_what_either_secret_signed_is_accepted(
    receiver: Receiver, records: "queue.Queue[dict[str, Any]]", secret: str
) -> None:
    answer = post(url=receiver.url, headers=signed(secret), body=BODY)

    assert answer.status == 200
    record = records.get(timeout=5)
    assert (record["result"], record["id"], record["event"]) == ("verified", "msg_1", {"type": "webhook.test"})


def test_what_nobody_signed_is_rejected_with_the_reason(
    receiver: Receiver, records: "queue.Queue[dict[str, Any]]"
) -> None:
    answer = post(url=receiver.url, headers=signed(new_secret()), body=BODY)

    assert answer.status == 401
    record = records.get(timeout=5)
    assert (record["result"], record["reason"]) == ("rejected", "no_match")


def test_a_body_without_a_length_is_not_read(receiver: Receiver) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.server_port)
    connection.putrequest("POST", "/")
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()


def test_the_command_says_where_it_listens_and_writes_a_line_for_each_delivery(
    tmp_path: Path, local_calls: Callable[..., None]
) -> None:
    log = tmp_path / "received.jsonl"
    command = [sys.executable, "manage.py", "webhook_receiver", "--port", "0", "--secret", NEW, "--log", str(log)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("Listening on ").strip()

        answers = [post(url=url, headers=signed(secret), body=BODY).status for secret in (NEW, OLD)]

        process.send_signal(signal.SIGTERM)
        lines = process.stdout.read().splitlines()
        assert process.wait(timeout=10) == 0
    assert answers == [200, 401]
    assert [json.loads(line)["result"] for line in lines] == ["verified", "rejected"]
    assert log.read_text().splitlines() == lines
