"""The rules that every installation begins with; operators change, mute or disable them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.apps import apps

DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "waiting": {
        "condition": "waiting",
        "threshold": 1_000,
        "clear_at": 800,
        "hold": timedelta(minutes=15),
    },
    "waiting-critical": {
        "condition": "waiting",
        "severity": "critical",
        "threshold": 5_000,
        "clear_at": 4_000,
        "hold": timedelta(minutes=5),
    },
    "failure-rate": {"condition": "failure_rate", "threshold": 0.05, "clear_at": 0.03, "least_jobs": 20},
    "nothing-finished": {
        "condition": "nothing_finished",
        "severity": "critical",
        "threshold": 300,
        "clear_at": 0,
    },
    "redis-memory": {"condition": "redis_memory", "severity": "critical", "threshold": 0.8, "clear_at": 0.75},
    "oldest-age": {"condition": "oldest_age", "threshold": 3_600, "clear_at": 1_800},
    "outcomes-waiting": {
        "condition": "outcomes_waiting",
        "severity": "critical",
        "threshold": 1_000,
        "clear_at": 100,
        "hold": timedelta(seconds=30),
    },
}


def ensure_rules(**_: object) -> None:
    """Add the default rules and the log channel where they are missing; a receiver of `post_migrate`."""
    rules, channels = apps.get_model("jobs", "AlertRule").objects, apps.get_model("jobs", "AlertChannel").objects
    for name, fields in DEFAULTS.items():
        rules.get_or_create(name=name, defaults=fields)
    channels.get_or_create(kind="log", target="")
