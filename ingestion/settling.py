"""Decides what a sequence of values does to the stored ones (domain specification, section 9.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

Key = tuple[str, date, str]
"""What names one value: its series' id, its day and its version tag."""


class Stored(NamedTuple):
    """A value in the table, or on its way there."""

    id: str
    value: Decimal


class Change(NamedTuple):
    """An existing value that became another one."""

    id: str
    key: Key
    before: Decimal
    after: Decimal


class Settlement(NamedTuple):
    """What is to be written, one value for each key, and the counts as if the rows were stored one by one."""

    writes: dict[Key, Stored]
    changes: list[Change]
    upserted: int
    skipped: int


def settle(
    arrivals: Iterable[tuple[Key, Decimal]], stored: Mapping[Key, Stored], *, force: bool, new_id: Callable[[], str]
) -> Settlement:
    """Take the arrivals in order: a new key is inserted, an equal value skipped unless forced, another one updates."""
    writes: dict[Key, Stored] = {}
    changes: list[Change] = []
    upserted = skipped = 0
    for key, value in arrivals:
        known = writes.get(key) or stored.get(key)
        if known is None:
            writes[key] = Stored(new_id(), value)
        elif known.value != value:
            writes[key] = Stored(known.id, value)
            changes.append(Change(known.id, key, known.value, value))
        elif force:
            writes[key] = known
        else:
            skipped += 1
            continue
        upserted += 1
    return Settlement(writes, changes, upserted, skipped)
