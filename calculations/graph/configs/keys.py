"""Reads single keys of a node's config; whatever does not fit is named, never guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from ingestion.errors import NotANumber
from ingestion.numbers import read_number

Section = Mapping[str, Any]
_CURRENCY = re.compile("[A-Z]{3}")


class BadConfig(ValueError):
    """Raised when a node's config breaks a rule; the message says which."""


def only(section: Section, *known: str, where: str = "config") -> None:
    """Refuse keys that are not known: a misspelt one must not change a price unseen."""
    unknown = sorted(str(key) for key in section if key not in known)
    if unknown:
        raise BadConfig(f"unknown key in {where}: {', '.join(unknown)[:200]}")


def number(section: Section, key: str) -> Decimal | None:
    """Return a number, or None if the key is absent."""
    if key not in section:
        return None
    try:
        return read_number(section[key])
    except NotANumber:
        raise BadConfig(f"{key} must be a number") from None


def needed_number(section: Section, key: str) -> Decimal:
    """Return a number that has to be there."""
    value = number(section, key)
    if value is None:
        raise BadConfig(f"{key} is missing")
    return value


def positive_number(section: Section, key: str) -> Decimal | None:
    """Return a number above 0, or None if the key is absent."""
    value = number(section, key)
    if value is not None and value <= 0:
        raise BadConfig(f"{key} must be greater than 0")
    return value


def integer(section: Section, key: str, *, most: int) -> int:
    """Return a whole number from 0 to `most`; an absent key means 0."""
    value = number(section, key)
    if value is None:
        return 0
    if not 0 <= value <= most or value != value.to_integral_value():
        raise BadConfig(f"{key} must be a whole number from 0 to {most}")
    return int(value)


def text(section: Section, key: str, *, longest: int = 200) -> str | None:
    """Return a text that is not empty, or None if the key is absent."""
    if key not in section:
        return None
    value = section[key]
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise BadConfig(f"{key} must be a text of 1 to {longest} characters")
    return value


def currency(section: Section, key: str) -> str | None:
    """Return three capital letters, or None if the key is absent."""
    value = text(section, key)
    if value is not None and not _CURRENCY.fullmatch(value):
        raise BadConfig(f"{key} must be three capital letters")
    return value


def choice(section: Section, key: str, choices: Collection[str]) -> str | None:
    """Return one of the choices, or None if the key is absent."""
    if key not in section:
        return None
    value = section[key]
    if not isinstance(value, str) or value not in choices:
        raise BadConfig(f"{key} must be one of {', '.join(choices)}")
    return value


def needed_choice(section: Section, key: str, choices: Collection[str]) -> str:
    """Return one of the choices; the key has to be there."""
    value = choice(section, key, choices)
    if value is None:
        raise BadConfig(f"{key} is missing")
    return value


def subsection(section: Section, key: str, *known: str) -> Section | None:
    """Return an object that has known keys only, or None if the key is absent."""
    if key not in section:
        return None
    value = section[key]
    if not isinstance(value, dict):
        raise BadConfig(f"{key} must be an object")
    only(value, *known, where=key)
    return value
