"""The typed argument of an actor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from jobs.errors import InvalidPayload, NoActor

if TYPE_CHECKING:
    from jobs.declare import JobActor


class Payload(BaseModel):
    """The base of all payloads: frozen, refuses unknown keys, camelCase in JSON, snake_case in Python."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    taken_by: ClassVar[JobActor[Any, Any] | None] = None
    """The actor that takes this payload type; set when the actor is declared."""

    @property
    def tenant(self) -> str:
        """The tenant whose job this is, empty for none."""
        return str(getattr(self, "tenant_id", "") or "")

    def default_job_id(self) -> str | None:
        """Return the idempotency key for callers who give none; None makes every call a new job."""
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object that the row keeps."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @classmethod
    def read(cls, values: Any) -> Self:
        """Return the payload that a JSON object or keywords mean; raises InvalidPayload naming every fault."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, e['loc'])) or 'payload'}: {e['msg']}" for e in error.errors()]
            raise InvalidPayload(cls.__name__, faults) from None

    @classmethod
    def actor(cls) -> JobActor[Any, Any]:
        """Return the actor that takes this type; raises NoActor."""
        if cls.taken_by is None:
            raise NoActor(cls.__name__)
        return cls.taken_by
