"""How a run ended: a value, made by the worker thread, written by the recorder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.conf import jobs_settings
from jobs.errors import ResultNotJson, ResultTooLarge
from jobs.states import State


@dataclass(slots=True, kw_only=True)  # one a job: frozen would cost 2 us more
class Outcome:
    """The state a run leaves its job in, and what is kept of the run.

    `attempt_outcome` names the Attempt row, empty for none; `refund` gives the attempt back; ages are clock readings
    (`time.monotonic`) that the recorder turns into times of the database.
    """

    id: str
    queue: str
    priority: int
    generation: int
    attempt: int
    state: State
    attempt_outcome: str = ""
    refund: bool = False
    delay_ms: int = 0
    result: str | None = None
    error_type: str = ""
    error: str = ""
    traceback: str = ""
    actor: str = ""
    group: str = ""
    in_flow: bool = False
    waited_ms: float = 0.0
    started: float = 0.0
    ended: float = 0.0


def encode_result(result: Any) -> str | None:
    """Return a result as JSON text, None for None; raises ResultNotJson or ResultTooLarge."""
    if result is None:
        return None
    try:
        text = json.dumps(result, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ResultNotJson(str(error)) from None
    limit = jobs_settings().max_result_bytes
    if len(text) > limit:
        raise ResultTooLarge(len(text), limit)
    return text.replace("\\u0000", "\\ufffd")  # PostgreSQL cannot store NUL in JSON


def clean(text: str, limit: int = 20_000) -> str:
    """Return a text that every database stores: no NUL, no lone surrogates, the middle cut out if it is long."""
    text = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return text if len(text) <= limit else f"{text[: limit // 2]}\n…\n{text[-limit // 2 :]}"


def encode_progress(progress: float | Mapping[str, Any]) -> str:
    """Return a progress (number or object) as JSON text; raises ResultNotJson."""
    return encode_result(progress) or "null"
