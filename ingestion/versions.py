"""The three versions of one day's index value, and which one a reader prefers."""

from __future__ import annotations

from django.db import models

from ingestion.errors import UnknownVersionTag


class VersionTag(models.TextChoices):
    """How final a value is; the versions of a day live side by side."""

    PRELIMINARY = "PRELIMINARY"
    FINAL = "FINAL"
    REVISED = "REVISED"


_ORDER = {
    VersionTag.FINAL: (VersionTag.FINAL, VersionTag.REVISED, VersionTag.PRELIMINARY),
    VersionTag.REVISED: (VersionTag.REVISED, VersionTag.FINAL, VersionTag.PRELIMINARY),
    VersionTag.PRELIMINARY: (VersionTag.PRELIMINARY, VersionTag.FINAL, VersionTag.REVISED),
}
_SHORT = {VersionTag.PRELIMINARY: "prelim", VersionTag.FINAL: "final", VersionTag.REVISED: "revised"}
_LONG_FORMS = {tag.value: tag for tag in VersionTag}
_ALL_FORMS = _LONG_FORMS | {short.upper(): tag for tag, short in _SHORT.items()}


def read_stored_form(text: str) -> VersionTag:
    """Return the tag of a long form in any case; raise `UnknownVersionTag` for anything else."""
    try:
        return _LONG_FORMS[text.upper()]
    except KeyError:
        raise UnknownVersionTag(text) from None


def read_tag(text: str) -> VersionTag:
    """Return the tag of a long or short form (`prelim`) in any case; raise `UnknownVersionTag` for anything else."""
    try:
        return _ALL_FORMS[text.upper()]
    except KeyError:
        raise UnknownVersionTag(text) from None


def short_form(tag: str) -> str:
    """Return the form of payloads, job ids and events."""
    return _SHORT[VersionTag(tag)]


def version_order(preference: str | None = None) -> tuple[VersionTag, ...]:
    """Return the versions to try, best first; without a preference the final one comes first."""
    return _ORDER[read_tag(preference or VersionTag.FINAL)]
