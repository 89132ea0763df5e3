"""Shows values as an operator reads them."""

from __future__ import annotations

import json
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobs.states import State

COLOURS: Final[dict[str, str]] = {
    State.WAITING: "info",
    State.DELAYED: "warning",
    State.BLOCKED: "warning",
    State.ACTIVE: "primary",
    State.COMPLETED: "success",
    State.FAILED: "danger",
}
"""The colour of a state's label; the others are grey."""


def preformatted(text: str) -> SafeString:
    """Return text as it stands, escaped, long lines wrapped."""
    return format_html('<pre class="jobs-verbatim">{}</pre>', text)


def pretty_json(value: Any) -> SafeString | str:
    """Return a JSON value indented, its keys in their order; a dash for none."""
    if value is None or value == {}:
        return "-"
    return preformatted(json.dumps(value, indent=2, ensure_ascii=False))
