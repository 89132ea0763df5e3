"""The five ways in which jobs failed that night."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jobs_project.incident.actors import RATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Jobs that failed alike: how many of a thousand, from how many to how many minutes ago."""

    queue: str
    actor: str
    per_mille: int
    began: int
    ended: int
    fault: Callable[[], object]
    attempts: int = 3

    def failure(self) -> tuple[str, str, str]:
        """Return the error's type, words and traceback, as a run leaves them."""
        try:
            self.fault()
        except Exception as error:  # noqa: BLE001  # a fault may raise anything
            return type(error).__name__, str(error), traceback.format_exc()
        raise AssertionError("a fault must raise")


def _vendor_is_silent() -> None:
    raise TimeoutError("prices.vendor.example did not answer within 30 s")


def _no_currency() -> str:
    return RATES["XAU"]


def _no_volume() -> float:
    volume = 0
    return 1 / volume


def _partner_is_down() -> None:
    raise ConnectionRefusedError("[Errno 111] partner.example:443 refused the connection")


def _disk_is_full() -> None:
    raise OSError(28, "No space left on device", "/var/reports/tmp")


KINDS: Final = (
    Kind(
        queue="ingestion",
        actor="demo-fetch-prices",
        per_mille=450,
        began=420,
        ended=35,
        fault=_vendor_is_silent,
    ),
    Kind(queue="webhooks", actor="demo-tell-partner", per_mille=300, began=200, ended=2, fault=_partner_is_down),
    Kind(queue="calculation", actor="demo-value-deal", per_mille=200, began=90, ended=1, fault=_no_volume),
    Kind(queue="reports", actor="demo-draw-report", per_mille=48, began=300, ended=240, fault=_disk_is_full),
    Kind(queue="calculation", actor="demo-value-deal", per_mille=2, began=60, ended=1, fault=_no_currency, attempts=1),
)
