"""Makes identifiers that sort by the time they were made."""

from uuid import UUID

import uuid_utils
import uuid_utils.compat


def new_uuid() -> UUID:
    """Return a UUIDv7 (RFC 9562); two of one process compare in the order they were made."""
    return uuid_utils.compat.uuid7()


def new_id() -> str:
    """Return a UUIDv7 as text, the primary key of the domain's entities."""
    return str(uuid_utils.uuid7())  # without the detour over Python's class: five times as fast
