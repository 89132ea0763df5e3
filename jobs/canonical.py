"""The one text form of JSON values and times, for hashes, exports and messages."""

import json
from datetime import UTC, datetime
from typing import Any


def canonical_json(value: Any) -> str:
    """Return JSON with keys sorted by code point, no spaces, and non-ASCII characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def timestamp(moment: datetime) -> str:
    """Return an aware time as UTC in ISO 8601, with milliseconds and `Z`; finer digits are cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
