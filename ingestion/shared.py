"""What the stored rows of a run have in common, for the event that tells of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from ingestion.parsing.rows import Row

MULTIPLE = "multiple"
"""Stands for a code or tag that is not the same in all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The one series code and tag of all rows, or `multiple`, and their latest day; None before the first row."""

    series_code: str | None = None
    version_tag: str | None = None
    latest_day: date | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what a run kept of its earlier chunks."""
        day = kept.get("asOfDate")
        return cls(
            series_code=kept.get("seriesCode"),
            version_tag=kept.get("versionTag"),
            latest_day=date.fromisoformat(day) if day else None,
        )

    def with_rows(self, rows: Iterable[Row]) -> Shared:
        """Return the same of these rows too."""
        codes, tags, days = {self.series_code} - {None}, {self.version_tag} - {None}, {self.latest_day} - {None}
        for row in rows:
            codes.add(row.series_code)
            tags.add(row.version_tag)
            days.add(row.as_of_date)
        return Shared(
            series_code=_only(codes), version_tag=_only(tags), latest_day=max(filter(None, days), default=None)
        )

    def as_json(self) -> dict[str, Any]:
        """Return what a run keeps."""
        day = self.latest_day.isoformat() if self.latest_day else None
        return {"seriesCode": self.series_code, "versionTag": self.version_tag, "asOfDate": day}


def _only(texts: set[str | None]) -> str | None:
    """Return the only text, None of none, and `multiple` of more."""
    if len(texts) > 1:
        return MULTIPLE
    return next(iter(texts), None)
