"""Makes the identifiers that receivers see."""

import secrets
import string
from datetime import datetime

_LETTERS_AND_DIGITS = string.ascii_letters + string.digits
_LOWER_AND_DIGITS = string.ascii_lowercase + string.digits


def new_endpoint_id() -> str:
    """Return `ep_` and 24 random letters and digits."""
    return "ep_" + _random(_LETTERS_AND_DIGITS, 24)


def new_message_id() -> str:
    """Return `msg_` and 24 random letters and digits: never a full stop, which separates the parts of a signature."""
    return "msg_" + _random(_LETTERS_AND_DIGITS, 24)


def new_event_id(at: datetime) -> str:
    """Return `evt_`, the milliseconds since 1970 of `at`, and 12 random small letters and digits."""
    return f"evt_{int(at.timestamp() * 1000)}_{_random(_LOWER_AND_DIGITS, 12)}"


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
