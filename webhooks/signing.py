"""Signs and verifies bodies as Standard Webhooks 1.0.0 says; the arithmetic is the `standardwebhooks` package's.

Verification is ours: the package raises bare decoding errors for a malformed signature and reads the clock itself.
"""

import base64
import hmac
import re
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from standardwebhooks.webhooks import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105  # says what a secret is
SECRET_BYTES = 32
TOLERANCE_SECONDS = 300

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

_SECONDS = re.compile(r"[0-9]{1,12}")
_ONE_SIGNATURE = re.compile(r"v[0-9]+[a-z]?,[A-Za-z0-9+/_-]+={0,2}")


class Flaw(StrEnum):
    """What keeps a received message from being trusted."""

    MISSING_HEADERS = "missing_headers"
    INVALID_TIMESTAMP = "invalid_timestamp"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"
    MALFORMED_SIGNATURE = "malformed_signature"
    NO_MATCH = "no_match"


class VerificationFailed(Exception):
    """Raised when a received message is not to be trusted; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(f"webhook not verified: {flaw.value.replace('_', ' ')}")


def new_secret() -> str:
    """Return a fresh secret: `whsec_` and the base64 of 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(random.token_bytes(SECRET_BYTES)).decode()


def sign(*, secrets: Sequence[str], message_id: str, timestamp: int, body: str) -> str:
    """Return the signature header: one `v1,…` for each secret, in their order. `timestamp` in seconds since 1970."""
    moment = datetime.fromtimestamp(timestamp, tz=UTC)
    return " ".join(Webhook(secret).sign(message_id, moment, body) for secret in secrets)


def signed_headers(*, secrets: Sequence[str], message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """Return the three headers that one attempt at `timestamp` carries."""
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: sign(secrets=secrets, message_id=message_id, timestamp=timestamp, body=body),
    }


def verify(*, secrets: Sequence[str], headers: Mapping[str, str], body: str, now: int) -> None:
    """Return if one of `secrets` signed `body` at most 300 s before or after `now`; raises VerificationFailed.

    Header names are compared without regard to case. Signatures of an unknown version are passed over.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, stamp, listed = (given.get(name) for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER))
    if not (message_id and stamp and listed):
        raise VerificationFailed(Flaw.MISSING_HEADERS)
    timestamp = _checked_timestamp(stamp, now=now)
    candidates = [entry for entry in listed.split() if _ONE_SIGNATURE.fullmatch(entry)]
    if not candidates:
        raise VerificationFailed(Flaw.MALFORMED_SIGNATURE)
    expected = sign(secrets=secrets, message_id=message_id, timestamp=timestamp, body=body).split()
    # Every pair is compared: neither the place nor the length of a match shows in the time taken.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in candidates]
    if not any(matches):
        raise VerificationFailed(Flaw.NO_MATCH)


def _checked_timestamp(stamp: str, *, now: int) -> int:
    if not _SECONDS.fullmatch(stamp):
        raise VerificationFailed(Flaw.INVALID_TIMESTAMP)
    timestamp = int(stamp)
    if timestamp < now - TOLERANCE_SECONDS:
        raise VerificationFailed(Flaw.TOO_OLD)
    if timestamp > now + TOLERANCE_SECONDS:
        raise VerificationFailed(Flaw.TOO_NEW)
    return timestamp
