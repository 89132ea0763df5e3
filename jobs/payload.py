"""The typed argument of an actor."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from jobs.errors import InvalidPayload, NoActor, PayloadTooNew

if TYPE_CHECKING:
    from jobs.declare import JobActor

VERSION_KEY: Final = "_version"
"""Where the JSON keeps its version; no field can be called that. Without it, it is the first."""
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


class Payload(BaseModel):
    """The base of all payloads: frozen, refuses unknown keys, camelCase in JSON, snake_case in Python."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, ser_json_inf_nan="constants"
    )

    taken_by: ClassVar[JobActor[Any, Any] | None] = None
    """The actor that takes this payload type; set when the actor is declared."""

    payload_upgrades: ClassVar[Mapping[int, Upgrade]] = {}
    """Version → what makes the JSON of the next one of it. What code writes is one version beyond the last of these."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a gap: a payload could not be brought over it."""
        if set(cls.payload_upgrades) != set(range(1, cls.payload_version())):
            raise TypeError(f"{cls.__name__}.payload_upgrades must be keyed 1, 2, 3, … without a gap")

    @classmethod
    def payload_version(cls) -> int:
        """Return the version that this code writes."""
        return 1 + max(cls.payload_upgrades, default=0)

    @property
    def tenant(self) -> str:
        """The tenant whose job this is, empty for none."""
        return str(self.__dict__.get("tenant_id") or "")

    def default_job_id(self) -> str | None:
        """Return the idempotency key for callers who give none; None makes every call a new job."""
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object that the row keeps."""
        values = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return values | {VERSION_KEY: self.payload_version()} if self.payload_upgrades else values

    def as_text(self) -> str:
        """Return the same as JSON text: written by pydantic's core in a fifth of the time."""
        if self.payload_upgrades or type(self).as_json is not Payload.as_json:
            return json.dumps(self.as_json(), separators=(",", ":"))
        try:
            return self.model_dump_json(by_alias=True, exclude_none=True)
        except ValueError as error:
            raise InvalidPayload(type(self).__name__, [f"not JSON: {error}"]) from None

    @classmethod
    def read(cls, values: Any) -> Self:
        """Return the payload that a stored JSON object means, brought to this code's version.

        Raises InvalidPayload naming every fault, and PayloadTooNew for one that newer code has written.
        """
        return cls._validate(cls._upgraded(values, version=1) if isinstance(values, dict) else values)

    @classmethod
    def take(cls, values: Any) -> Self:
        """Return the payload that a caller's fields mean: those of this code's version, or else of the first."""
        if not isinstance(values, dict):
            return cls._validate(values)
        try:
            return cls._validate(cls._upgraded(values, version=cls.payload_version()))
        except InvalidPayload as error:
            if not cls.payload_upgrades or VERSION_KEY in values:
                raise
            try:
                return cls.read(values)
            except InvalidPayload:
                raise error from None

    @classmethod
    def _validate(cls, values: Any) -> Self:
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, e['loc'])) or 'payload'}: {e['msg']}" for e in error.errors()]
            raise InvalidPayload(cls.__name__, faults) from None

    @classmethod
    def _upgraded(cls, values: dict[str, Any], *, version: int) -> dict[str, Any]:
        """Return fields brought from their version (`version`, if they name none) to this code's."""
        known = cls.payload_version()
        said: Any = values.get(VERSION_KEY, version)
        values = {name: value for name, value in values.items() if name != VERSION_KEY}
        if not isinstance(said, int) or said < 1:
            raise InvalidPayload(cls.__name__, [f"{VERSION_KEY}: {said!r} is no version"])
        if said > known:
            raise PayloadTooNew(cls.__name__, said, known)
        for number in range(said, known):
            try:
                values = cls.payload_upgrades[number](values)
            except Exception as error:
                fault = f"the upgrade from version {number} failed: {type(error).__name__}: {error}"
                raise InvalidPayload(cls.__name__, [fault]) from error
        return values

    @classmethod
    def actor(cls) -> JobActor[Any, Any]:
        """Return the actor that takes this type; raises NoActor."""
        if cls.taken_by is None:
            raise NoActor(cls.__name__)
        return cls.taken_by
