"""Shows values as an operator reads them."""

from __future__ import annotations

import json
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.utils import display_for_label

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


def state_label(state: str) -> SafeString:
    """Return a state as a coloured label."""
    return display_for_label(state, "-", COLOURS)  # type: ignore[no-any-return]


def preformatted(text: str) -> SafeString:
    """Return text as it stands, escaped, long lines wrapped."""
    return format_html('<pre class="jobs-verbatim">{}</pre>', text)


def pretty_json(value: Any) -> SafeString | str:
    """Return a JSON value indented; a dash for none."""
    if value is None or value == {}:
        return "-"
    return preformatted(json.dumps(value, indent=2, ensure_ascii=False))
