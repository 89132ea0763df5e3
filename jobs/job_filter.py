"""Which jobs are meant: a frozen value that can be stored, and read by every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobs.canonical import timestamp
from jobs.errors import InvalidOption
from jobs.states import State

_LISTS = ("states", "tenants", "ids")
_TIMES = ("since", "until")
_SPANS = ("waited_over", "waited_under", "ran_over", "ran_under")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """All conditions must hold; None leaves one out, an empty tuple matches nothing.

    `since` is inside and `until` outside, both of the time of creation; what ends in `_from` and `_to` is inside;
    `error_contains` ignores case; a `job_id` that ends in `*` is a beginning. `payload` has pairs of a dotted path and
    the text of the value there. `waited_over` and `ran_over` are of the last wait and run, as they stand when jobs are
    selected. Raises InvalidOption for an unknown state or what is no UUID.
    """

    queue: str | None = None
    states: tuple[str, ...] | None = None
    actor: str | None = None
    job_id: str | None = None
    tenants: tuple[str, ...] | None = None
    error_type: str | None = None
    error_contains: str | None = None
    fingerprint: str | None = None
    ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    attempts_from: int | None = None
    attempts_to: int | None = None
    priority_from: int | None = None
    priority_to: int | None = None
    waited_over: timedelta | None = None
    waited_under: timedelta | None = None
    ran_over: timedelta | None = None
    ran_under: timedelta | None = None
    payload: tuple[tuple[str, str], ...] | None = None

    def __post_init__(self) -> None:
        for state in self.states or ():
            if state not in list(State):
                raise InvalidOption("states", state, f"one of {', '.join(State)}")
        for id_ in self.ids or ():
            try:
                UUID(id_)
            except ValueError:
                raise InvalidOption("ids", id_, "a UUID") from None

    def as_json(self) -> dict[str, Any]:
        """Return the conditions that are set, as plain JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in values.items() if value is not None}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> JobFilter:
        """Return the filter that `as_json` wrote."""
        values = dict(stored)
        for name in values.keys() & set(_LISTS):
            values[name] = tuple(values[name])
        for name in values.keys() & set(_TIMES):
            values[name] = datetime.fromisoformat(values[name])
        for name in values.keys() & set(_SPANS):
            values[name] = timedelta(seconds=values[name])
        if "payload" in values:
            values["payload"] = tuple((path, value) for path, value in values["payload"])
        return cls(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return [list(pair) for pair in value]
    return [str(part) for part in value] if isinstance(value, tuple) else value
