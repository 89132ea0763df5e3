"""Decides what follows a failed run: again later, not now, or a dead letter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dramatiq
from dramatiq.middleware import Retries as DramatiqRetries
from dramatiq.middleware.shutdown import Shutdown

from jobs.backoff import backoff_ms, spread
from jobs.conf import jobs_settings
from jobs.draft import to_ms
from jobs.endings import Cancelled, Fail, RateLimited, Snooze
from jobs.errors import InvalidPayload
from jobs.services.exhausted import tell_exhausted
from jobs.verdict import CANCEL, FAIL, RELEASE, Verdict


class Retries(DramatiqRetries):
    """Dramatiq's Retries with its options (`max_retries`, `throws`, `retry_when`, backoffs), without its enqueue.

    The verdict is left on the message; the recorder writes it. Attempts are counted by the claim, so that a crash
    spends one too.
    """

    def after_process_message(
        self, broker: dramatiq.Broker, message: Any, *, result: Any = None, exception: BaseException | None = None
    ) -> None:
        """Leave the verdict on the message."""
        if exception is None:
            return
        message.verdict = self._judge(broker, message, exception)
        if message.verdict is FAIL:
            message.fail()

    def _judge(self, broker: dramatiq.Broker, message: Any, exception: BaseException) -> Verdict:
        options = broker.actors[message.actor_name].options if message.actor_name in broker.actors else {}
        throws = message.options.get("throws") or options.get("throws")
        if (uncharged := _uncharged(exception)) is not None:
            message.options["throws"] = type(exception)  # so that Sentry's middleware does not report it as an error
            return uncharged
        if throws and isinstance(exception, throws):
            return FAIL  # expected, so nobody is told; as in Dramatiq
        attempt, allowed = message.options["attempt"], message.options["max_attempts"]
        if isinstance(exception, Fail | InvalidPayload):
            tell_exhausted(message, attempt=attempt, allowed=allowed)
            return FAIL
        retry_when = options.get("retry_when", self.retry_when)
        again = retry_when(attempt - 1, exception) if retry_when else attempt < allowed
        if not again:
            tell_exhausted(message, attempt=attempt, allowed=allowed)
            return FAIL
        if isinstance(exception, dramatiq.errors.Retry) and exception.delay is not None:
            return Verdict(kind="retry", delay_ms=int(exception.delay))
        return Verdict(kind="retry", delay_ms=_backoff({**options, **message.options}, attempt, exception))


def _backoff(options: dict[str, Any], attempt: int, exception: BaseException) -> int:
    """Return the wait in milliseconds: by the options of the message and its actor, for the rest by the settings.

    `backoff` is "exponential", "fixed", or a function of the attempt and its error that returns milliseconds or a
    timedelta; `jitter`, `min_backoff` and `max_backoff` go with each.
    """
    policy, kind = jobs_settings(), options.get("backoff", "exponential")
    policy = replace(
        policy,
        backoff_ms=options.get("min_backoff") or policy.backoff_ms,
        backoff_cap_ms=options.get("max_backoff") or policy.backoff_cap_ms,
        backoff_jitter=options.get("jitter", policy.backoff_jitter),
        backoff_factor=1 if kind == "fixed" else policy.backoff_factor,
    )
    if callable(kind):
        return spread(to_ms(kind(attempt, exception)), policy=policy)
    return backoff_ms(attempt, policy=policy)


def _uncharged(exception: BaseException) -> Verdict | None:
    """Return the verdict on a run that gives its attempt back, None for any other."""
    if isinstance(exception, Cancelled):
        return CANCEL
    if isinstance(exception, Shutdown):
        return RELEASE
    if isinstance(exception, Snooze):
        return Verdict(kind="snooze", delay_ms=exception.delay_ms)
    if isinstance(exception, RateLimited):
        return Verdict(kind="hold", delay_ms=exception.delay_ms)
    return None
