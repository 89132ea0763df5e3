"""The payload of an ingestion job (domain specification, section 11.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from ingestion.days import read_day
from ingestion.models import Source
from ingestion.numbers import plain, read_number
from ingestion.versions import read_tag, short_form
from jobs import Payload


def _as_day(value: object) -> object:
    """Accept a calendar day only, where pydantic would also take a number of seconds."""
    return value if isinstance(value, date) else read_day(str(value))


def _as_day_text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _as_number_text(value: object) -> object:
    """Return a number as the text of its written value; other texts stay for the row check to judge."""
    return plain(read_number(value)) if isinstance(value, int | float | Decimal) else value


def _as_short_tag(value: object) -> object:
    return short_form(read_tag(str(value)))


class Point(BaseModel):
    """One value; what it leaves out, the payload says. Faults are found when the job runs, one for each point."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    series_code: str | None = None
    as_of_date: Annotated[str | None, BeforeValidator(_as_day_text)] = None
    value: Annotated[str, BeforeValidator(_as_number_text)]
    version_tag: str | None = None


class IngestIndexData(Payload):
    """Index values to store: points in `data`, or an uploaded file's rows under its `upload_id`."""

    tenant_id: str
    series_code: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    as_of_date: Annotated[date, BeforeValidator(_as_day)] | None = None
    version_tag: Annotated[str, BeforeValidator(_as_short_tag)] | None = None
    source: Source
    data: tuple[Point, ...] | None = None
    upload_id: str | None = None

    @model_validator(mode="after")
    def _one_input(self) -> Self:
        if self.upload_id is not None and self.data is not None:
            raise ValueError("either data or uploadId, not both")
        return self

    def default_job_id(self) -> str | None:
        """Return the id that makes a second request for the same input the same job.

        None for points that are of no one series, day and version.
        """
        if self.upload_id is not None:
            return f"ingest-{self.tenant_id}-{self.upload_id}"
        parts = (self.series_code, self.as_of_date, self.version_tag)
        if None in parts:
            return None
        return "-".join(("ingest", self.tenant_id, *map(str, parts))).replace("/", "%2F")  # job ids stand in URLs

    def data_as_json(self) -> list[dict[str, Any]]:
        """Return the points as the job's row keeps them."""
        return [point.model_dump(mode="json", by_alias=True, exclude_none=True) for point in self.data or ()]


class FetchFeed(Payload):
    """Look whether a feed has something new. Each request is a job of its own: a schedule's fires must not be one."""

    tenant_id: str
    feed_id: str
