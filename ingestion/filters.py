"""Which rows of a file are wanted."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Filters(BaseModel):
    """Series codes and days to store; an absent part leaves nothing out. Both days are inside."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    series_codes: frozenset[str] = frozenset()
    start_date: date | None = None
    end_date: date | None = None

    @property
    def admit_all(self) -> bool:
        """Return whether every row passes."""
        return not self.series_codes and self.start_date is None and self.end_date is None

    def admit(self, series_code: str, day: date) -> bool:
        """Return whether a row passes."""
        if self.series_codes and series_code not in self.series_codes:
            return False
        if self.start_date is not None and day < self.start_date:
            return False
        return self.end_date is None or day <= self.end_date

    def as_json(self) -> dict[str, Any]:
        """Return what a run keeps of them."""
        wanted = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        if "seriesCodes" in wanted:
            wanted["seriesCodes"] = sorted(wanted["seriesCodes"])
        return wanted
