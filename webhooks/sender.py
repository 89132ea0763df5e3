"""Posts a body to a URL and says what came back; knows nothing of rows."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3.exceptions
from ssrfguard import Policy, SSRFGuardError
from ssrfguard.requests import Session

from webhooks.addresses import policy_of
from webhooks.conf import WebhookConf, webhook_conf
from webhooks.deadline import Deadline, DeadlineAdapter

LONGEST_ERROR = 500
_CHUNK = 1_024
_threads = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one call came to: `status` None means that no complete answer came; `refused`, that none was asked for."""

    duration: timedelta
    status: int | None = None
    retry_after: str | None = None
    excerpt: str = ""
    error: str = ""
    refused: bool = False


def post(*, url: str, headers: Mapping[str, str], body: str) -> Answer:
    """Post `body` and return the answer; never raises for what the network or the receiver does.

    Redirects are not followed, cookies and proxies of the environment not used. Holds no database connection of its
    own, and may take as long as the configured total timeout: call it outside transactions.
    """
    conf = webhook_conf()
    started = time.monotonic()
    session = _session_of_thread(policy_of(conf))
    with session.deadline(conf.total_timeout) as deadline:
        try:
            status, retry_after, content = _exchange(session, url=url, headers=headers, body=body, conf=conf)
        except SSRFGuardError as error:
            return Answer(duration=_since(started), error=_cut(f"refused: {error}"), refused=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            problem = _timeout(deadline) if deadline.passed else f"{type(error).__name__}: {_root(error)}"
            return Answer(duration=_since(started), error=_cut(problem))
        if deadline.passed:  # a cut body without a length ends like a whole one
            return Answer(duration=_since(started), error=_timeout(deadline))
    return Answer(
        duration=_since(started),
        status=status,
        retry_after=retry_after,
        excerpt=content[: conf.kept_answer].decode(errors="replace").replace("\x00", "\ufffd"),
    )


class WebhookSession(Session):
    """A guarded session that keeps no cookies, trusts no environment, and never looks where a redirect points."""

    def __init__(self, *, policy: Policy) -> None:
        super().__init__(policy=policy)
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._adapter = DeadlineAdapter(policy=policy)
        self.mount("http://", self._adapter)
        self.mount("https://", self._adapter)

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[Deadline]:
        """Put the calls of the block under one deadline."""
        with Deadline(seconds) as deadline:
            self._adapter.deadline = deadline
            try:
                yield deadline
            finally:
                self._adapter.deadline = None

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: else `requests` reads a redirect's whole body, past every limit, to prepare the next hop."""


def _session_of_thread(policy: Policy) -> WebhookSession:
    session: WebhookSession | None = getattr(_threads, "session", None)
    if session is None or session.policy is not policy:
        session = _threads.session = WebhookSession(policy=policy)
    return session


def _exchange(
    session: WebhookSession, *, url: str, headers: Mapping[str, str], body: str, conf: WebhookConf
) -> tuple[int, str | None, bytes]:
    response = session.post(
        url,
        data=body.encode(),
        headers={
            **headers,
            "content-type": "application/json",
            "user-agent": conf.user_agent,
            "accept-encoding": "identity",  # the answer is kept as it comes: nothing to unpack, no bomb to unpack
        },
        timeout=(conf.connect_timeout, conf.total_timeout),
        allow_redirects=False,
        stream=True,
    )
    content = b""
    with closing(response):
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            content += chunk
            if len(content) >= conf.answer_limit:
                break
    return response.status_code, response.headers.get("retry-after"), content


def _since(started: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - started)


def _timeout(deadline: Deadline) -> str:
    return f"timeout: no complete answer within {deadline.seconds:g} s"


def _root(error: Exception) -> object:
    """Return what urllib3 found wrong: `requests` wraps it in a text that repeats the URL."""
    wrapped = error.args[0] if error.args else error
    return getattr(wrapped, "reason", wrapped)


def _cut(text: str) -> str:
    return text.replace("\x00", "\ufffd")[:LONGEST_ERROR]
