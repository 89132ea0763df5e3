"""The three versions of one day's index value, and which one a reader prefers."""

from __future__ import annotations

from collections.abc import Mapping

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
_STORED_FORMS = {tag.value: tag.value for tag in VersionTag}  # plain texts hash faster than members
_ALL_FORMS = _STORED_FORMS | {short.upper(): tag.value for tag, short in _SHORT.items()}


def read_stored_form(text: str) -> str:
    """Return the stored form of a tag written out, in any case; raise `UnknownVersionTag` for anything else."""
    return _read(text, _STORED_FORMS)


def read_tag(text: str) -> str:
    """Return the stored form of a tag, short (`prelim`) or written out; raise `UnknownVersionTag` otherwise."""
    return _read(text, _ALL_FORMS)


def _read(text: str, forms: Mapping[str, str]) -> str:
    try:
        return forms[text.upper()]
    except KeyError:
        raise UnknownVersionTag(text) from None


def short_form(tag: str) -> str:
    """Return the form of payloads, job ids and events."""
    return _SHORT[VersionTag(tag)]


def version_order(preference: str | None = None) -> tuple[VersionTag, ...]:
    """Return the versions to try, best first; without a preference the final one comes first."""
    return _ORDER[VersionTag(read_tag(preference or VersionTag.FINAL))]
