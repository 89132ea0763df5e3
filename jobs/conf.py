"""Reads `settings.JOBS`: one frozen value, with every default in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from jobs.errors import InvalidOption, InvalidSettings
from jobs.keeping import Keeping


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiter:
    """At most `max` starts in any window of `duration` milliseconds."""

    max: int
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """One queue: jobs at a time per process, rate limit, soft time limit in milliseconds, what it keeps."""

    name: str
    concurrency: int = 4
    limiter: Limiter | None = None
    timeout: int = 300_000
    fair: bool = False
    """Whether each tenant is a group that has its fair share."""
    keep: Keeping = field(default_factory=Keeping)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsSettings:
    """All of `settings.JOBS`; spans ending in `_ms` are milliseconds, the others seconds or days as named.

    `max_jobs` and `max_memory` (MiB) are for one worker process, which is then replaced by a fresh one.
    `dependencies` are addresses (https://api.example, tcp://host:port) that the doctor tries to reach.
    `alert_secret` (whsec_…) signs the alerts that go to webhooks.
    `metrics_token` is what Prometheus sends as a bearer token to ask the web; empty: only DEBUG answers.
    `worker_address` (host:port) is where a supervisor answers probes and Prometheus; empty: nowhere.
    """

    queues: Mapping[str, QueueSettings] = field(default_factory=dict)
    prefix: str = "jobs"
    attempts: int = 3
    backoff_ms: int = 5_000
    backoff_factor: int = 5
    backoff_cap_ms: int = 36_000_000
    backoff_jitter: float = 0.0
    max_payload_bytes: int = 262_144
    max_result_bytes: int = 1_048_576
    max_losses: int = 3
    lease_s: float = 15.0
    hard_limit_grace_ms: int = 30_000
    silent_s: float = 30.0
    take_ahead_ms: int = 20
    take_ahead_max: int = 500
    max_unrecorded: int = 10_000
    keep_completed_days: float = 7.0
    keep_failed_days: float = 30.0
    keep_roll_ups_days: float = 90.0
    keep_operations_days: float = 30.0
    max_log_lines: int = 1_000
    slow_reader_s: float = 10.0
    version: str = ""
    worker_address: str = ""
    metrics_token: str = ""
    tracing: bool = False
    alert_secret: str = ""
    dependencies: tuple[str, ...] = ()
    max_jobs: int | None = None
    max_memory: int | None = None
    dispatch: bool = True
    prepare: bool = True

    def queue(self, name: str) -> QueueSettings:
        """Return the settings of a queue, defaults for one that settings do not name."""
        return self.queues.get(name) or QueueSettings(name=name)

    def keeping(self, name: str) -> Keeping:
        """Return what a queue keeps by the settings: its own values, else those for all queues."""
        everywhere = Keeping(completed_days=self.keep_completed_days, failed_days=self.keep_failed_days)
        return self.queue(name).keep.over(everywhere)


def _read_queue(name: str, raw: object) -> QueueSettings:
    """Return one queue's settings, or say what is wrong with them."""
    key, example = (
        f"QUEUES.{name}",
        '{"concurrency": 10, "limiter": {"max": 100, "duration": 60000}, "timeout": 9000, "keep": {"completed": 1000}}',
    )
    if not isinstance(raw, Mapping):
        raise InvalidSettings(key, "a dict is expected", example)
    unknown = set(raw) - {"concurrency", "limiter", "timeout", "keep", "fair"}
    if unknown:
        raise InvalidSettings(key, f"unknown: {', '.join(sorted(unknown))}", example)
    limiter = raw.get("limiter")
    if limiter is not None and (not isinstance(limiter, Mapping) or set(limiter) != {"max", "duration"}):
        raise InvalidSettings(key, "limiter needs max and duration", example)
    numbers = {k: v for k, v in raw.items() if k not in ("limiter", "keep", "fair")} | dict(limiter or {})
    for part, value in numbers.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise InvalidSettings(key, f"{part} must be a whole number above 0, not {value!r}", example)
    if not isinstance(raw.get("fair", False), bool):
        raise InvalidSettings(key, "fair is True or False", example)
    try:
        keep = Keeping(**raw.get("keep", {}))
    except (TypeError, InvalidOption) as error:
        raise InvalidSettings(key, f"keep: {error}", example) from None
    return QueueSettings(
        name=name,
        keep=keep,
        concurrency=raw.get("concurrency", 4),
        limiter=Limiter(max=limiter["max"], duration=limiter["duration"]) if limiter else None,
        timeout=raw.get("timeout", 300_000),
        fair=raw.get("fair", False),
    )


def read(raw: Mapping[str, Any]) -> JobsSettings:
    """Return the settings that `raw` means; keys are those of `JobsSettings` in capitals."""
    known = set(JobsSettings.__dataclass_fields__)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key.lower() not in known:
            raise InvalidSettings(key, "unknown key", ", ".join(sorted(name.upper() for name in known)))
        values[key.lower()] = value
    queues = values.pop("queues", {})
    return JobsSettings(queues={name: _read_queue(name, value) for name, value in queues.items()}, **values)


@lru_cache(maxsize=1)
def jobs_settings() -> JobsSettings:
    """Return the project's settings, read once."""
    return read(getattr(settings, "JOBS", {}))


def _forget(*, setting: str, **_: object) -> None:
    if setting == "JOBS":
        jobs_settings.cache_clear()


setting_changed.connect(_forget)
