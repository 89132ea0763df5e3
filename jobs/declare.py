"""Declares actors: real Dramatiq actors that take one typed payload."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

import dramatiq

from jobs.conf import jobs_settings
from jobs.payload import Payload

P = ParamSpec("P")
R = TypeVar("R")


NEVER_ENDING = 1_000
"""Attempts of an actor whose Dramatiq option `max_retries` is None."""


FORMER: dict[str, str] = {}
"""Former name → name of the actor that has it now."""


class JobActor(dramatiq.Actor[P, R]):
    """A Dramatiq actor whose only argument is a `Payload`; messages carry the payload's JSON as keywords."""

    payload_type: type[Payload]

    def __init__(self, fn: Callable[P, R], **options: Any) -> None:
        self.payload_type = _payload_type(fn)
        super().__init__(fn, **options)
        self.payload_type.taken_by = self

    def message_with_options(
        self, *, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None, **options: Any
    ) -> dramatiq.Message[R]:
        """Build the message for a payload, given as such or as its fields."""
        payload = args[0] if args else self.payload_type.take(kwargs or {})
        options.setdefault("job_id", payload.default_job_id())
        options.setdefault("tenant", payload.tenant)
        return super().message_with_options(args=(), kwargs=payload.as_json(), **options)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the function on a payload, given as such or as its JSON fields."""
        payload = args[0] if args else self.payload_type.read(kwargs)
        return self.fn(payload)  # type: ignore[call-arg, arg-type]


def attempts_of(actor: dramatiq.Actor[Any, Any] | None, options: dict[str, Any]) -> int | None:
    """Return the attempts that Dramatiq's `max_retries` means, None if nobody has set it."""
    for source in (options, actor.options if actor else {}):
        if "max_retries" in source:
            return NEVER_ENDING if source["max_retries"] is None else int(source["max_retries"]) + 1
    return None


def _payload_type(fn: Callable[..., Any]) -> type[Payload]:
    """Return the payload type that the function's first parameter is annotated with."""
    hints = [hint for name, hint in typing.get_type_hints(fn).items() if name != "return"]
    if len(hints) != 1 or not (isinstance(hints[0], type) and issubclass(hints[0], Payload)):
        raise TypeError(f"{fn.__qualname__} must take exactly one argument, annotated with a jobs.Payload type")
    return hints[0]


def actor(
    *,
    queue_name: str,
    actor_name: str | None = None,
    time_limit: float | None = None,
    formerly: Iterable[str] = (),
    **options: Any,
) -> Callable[[Callable[P, R]], JobActor[P, R]]:
    """Declare an actor of `queue_name`; `time_limit` in milliseconds, else the queue's timeout.

    Jobs of the names in `formerly` are run by it too, so that an actor can be renamed while its old jobs wait.
    Further options are Dramatiq's (`max_retries`, `throws`, `retry_when`, …). The function may run twice;
    its docstring says what makes that safe.
    """
    options["time_limit"] = time_limit if time_limit is not None else jobs_settings().queue(queue_name).timeout

    def declare(fn: Callable[P, R]) -> JobActor[P, R]:
        declared: Any = dramatiq.actor(actor_class=JobActor, actor_name=actor_name, queue_name=queue_name, **options)(
            fn
        )
        FORMER.update(dict.fromkeys(formerly, declared.actor_name))
        return typing.cast("JobActor[P, R]", declared)

    return declare
