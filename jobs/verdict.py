"""What a failed run leads to, before it is an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows a run that raised."""

    kind: Literal["retry", "snooze", "release", "cancel", "hold", "fail"]
    delay_ms: int = 0


FAIL = Verdict(kind="fail")
RELEASE = Verdict(kind="release")
CANCEL = Verdict(kind="cancel")
