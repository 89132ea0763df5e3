"""Calls over a real socket, with receivers that do as they please."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.webhooks.wire import Talk, Wire
from webhooks.sender import Answer, post

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
MakeWire = Callable[[Talk], Wire]
LocalCalls = Callable[..., None]


def call(url: str, body: str = '{"a":"ü"}') -> Answer:
    return post(url=url, headers={"webhook-id": "msg_1"}, body=body)


def dripping(beginning: bytes, drop: bytes) -> Talk:
    def talk(hear: Callable[[], bytes], wire: Wire) -> Iterator[bytes]:
        hear()
        yield beginning
        while wire.pace():
            yield drop

    return talk


def test_exactly_the_body_arrives_with_its_headers(httpserver: HTTPServer, local_calls: LocalCalls) -> None:
    httpserver.expect_request("/hook").respond_with_data("thanks", status=202)

    answer = call(httpserver.url_for("/hook"))

    request = httpserver.log[0][0]
    assert (answer.status, answer.excerpt, answer.error) == (202, "thanks", "")
    assert request.get_data() == '{"a":"ü"}'.encode()
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "job-queue-webhooks/1"


def test_this_machine_is_refused_by_default_and_not_called(httpserver: HTTPServer) -> None:
    answer = call(httpserver.url_for("/hook").replace("http://", "https://"))

    assert answer.refused
    assert answer.status is None
    assert answer.error.startswith("refused:")
    assert httpserver.log == []


def test_a_name_that_points_to_this_machine_is_refused_at_send_time(
    httpserver: HTTPServer, local_calls: LocalCalls
) -> None:
    local_calls(ALLOWED_NETWORKS=[])

    answer = call(f"http://localhost:{httpserver.port}/hook")

    assert answer.refused
    assert httpserver.log == []


def test_a_redirect_is_not_followed(httpserver: HTTPServer, local_calls: LocalCalls) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status=302, headers={"Location": "/elsewhere"})

    answer = call(httpserver.url_for("/hook"))

    assert answer.status == 302
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 60000\r\n\r\n", b"x"),
        (b"", b""),
    ],
    ids=["headers", "body", "body-with-length", "chunks", "redirect", "silence"],
)
def test_a_slow_drip_is_cut_by_the_deadline(
    wire: MakeWire, local_calls: LocalCalls, beginning: bytes, drop: bytes
) -> None:
    local_calls(TOTAL_TIMEOUT=0.3)

    answer = call(wire(dripping(beginning, drop)).url)

    assert answer.status is None
    assert answer.error == "timeout: no complete answer within 0.3 s"
    assert timedelta(seconds=0.25) < answer.duration < timedelta(seconds=2)


def test_a_tls_handshake_that_never_comes_is_cut_too(wire: MakeWire, local_calls: LocalCalls) -> None:
    local_calls(TOTAL_TIMEOUT=0.3)

    answer = call(wire(dripping(b"", b"")).url.replace("http://", "https://"))

    assert answer.error.startswith("timeout:")
    assert answer.duration < timedelta(seconds=2)


def test_a_kept_connection_is_used_again_and_under_the_next_deadline(wire: MakeWire, local_calls: LocalCalls) -> None:
    def talk(hear: Callable[[], bytes], wire: Wire) -> Iterator[bytes]:
        hear()
        yield OK
        hear()
        yield b"HTTP/1.1 200 OK\r\n"
        while wire.pace():
            yield b"x"

    local_calls(TOTAL_TIMEOUT=0.3)
    server = wire(talk)

    first, second = call(server.url), call(server.url)

    assert first.status == 200
    assert second.error.startswith("timeout:")
    assert server.connections == 1


def test_an_endless_answer_is_read_up_to_the_limit_and_kept_up_to_one_kibibyte(
    wire: MakeWire, local_calls: LocalCalls
) -> None:
    def talk(hear: Callable[[], bytes], wire: Wire) -> Iterator[bytes]:
        hear()
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while not wire.stopped.is_set():
            yield b"\x00y" * 4_096

    answer = call(wire(talk).url)

    assert answer.status == 200
    assert answer.excerpt == "\ufffdy" * 512


def test_a_receiver_that_is_not_there_is_an_error_without_a_status(local_calls: LocalCalls) -> None:
    with Wire(dripping(b"", b"")) as closed:
        url = closed.url

    answer = call(url)

    assert answer.status is None
    assert not answer.refused
    assert "refused" in answer.error


@pytest.mark.parametrize(
    "reply",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"],
    ids=["nothing", "nonsense", "half"],
)
def test_a_broken_answer_is_an_error_without_a_status(wire: MakeWire, local_calls: LocalCalls, reply: bytes) -> None:
    def talk(hear: Callable[[], bytes], wire: Wire) -> Iterator[bytes]:
        hear()
        yield reply

    answer = call(wire(talk).url)

    assert answer.status is None
    assert answer.error


def test_a_name_that_does_not_resolve_is_an_error_and_no_refusal(local_calls: LocalCalls) -> None:
    answer = call("https://hooks.invalid/")

    assert answer.status is None
    assert not answer.refused


def test_plain_text_behind_https_is_an_error(httpserver: HTTPServer, local_calls: LocalCalls) -> None:
    answer = call(httpserver.url_for("/hook").replace("http://", "https://"))

    assert answer.status is None
    assert "SSL" in answer.error


def test_cookies_are_not_kept(httpserver: HTTPServer, local_calls: LocalCalls) -> None:
    def show(request: Request) -> Response:
        response = Response(json.dumps(dict(request.cookies)))
        response.set_cookie("session", "1")
        return response

    httpserver.expect_request("/hook").respond_with_handler(show)

    answers = [call(httpserver.url_for("/hook")) for _ in range(2)]

    assert [answer.excerpt for answer in answers] == ["{}", "{}"]


def test_proxies_of_the_environment_are_not_used(
    httpserver: HTTPServer, local_calls: LocalCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/hook").respond_with_data("direct")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")

    assert call(httpserver.url_for("/hook")).excerpt == "direct"


def test_retry_after_is_handed_on(httpserver: HTTPServer, local_calls: LocalCalls) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status=429, headers={"Retry-After": "7"})

    answer = call(httpserver.url_for("/hook"))

    assert (answer.status, answer.retry_after) == (429, "7")
