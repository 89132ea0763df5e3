"""What the buttons of a job's page do: a table of verbs, each one call of a service."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from jobs.models import Job
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.change import change_priority, promote
from jobs.services.edit import edit
from jobs.services.flows import free
from jobs.services.limits import release_hold, resume
from jobs.services.operate import cancel, retry
from jobs.services.permissions import may
from jobs.services.put_back import put_back
from jobs.services.run_copy import run_copy
from jobs.states import FINISHED, PENDING, STARTABLE, State


class NotUnderstood(Exception):  # its words are shown as they are
    """Raised when a form cannot be read, with words for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A button: its words, in which states it is offered, whose permission it needs, what it calls, what it says.

    `act` returns whether something moved (or the UUID of a job to look at instead).
    """

    words: str
    done: str
    act: Callable[[Job, Mapping[str, str], Operator, str], object]
    states: Sequence[str] = ()
    needs: Deed
    tone: str = ""
    mends: bool = False
    """Whether it stands beside the reason that it mends, and not among the buttons."""


def _payload(form: Mapping[str, str]) -> dict[str, Any]:
    try:
        payload = json.loads(form.get("payload", ""))
    except ValueError as error:
        raise NotUnderstood(f"The payload is no JSON: {error}") from None
    if not isinstance(payload, dict):
        raise NotUnderstood("The payload must be a JSON object.")
    return payload


def _priority(form: Mapping[str, str]) -> int:
    try:
        return int(form.get("priority", ""))
    except ValueError:
        raise NotUnderstood("A priority is a whole number from 0 to 1000.") from None


def _edit(job: Job, form: Mapping[str, str], by: Operator, reason: str) -> object:
    again = job.state == State.FAILED
    return edit(str(job.pk), payload=_payload(form), retry=again, by=by, reason=reason)


def _resume(job: Job, _: Mapping[str, str], by: Operator, reason: str) -> object:
    resume(job.queue, by=by, reason=reason)
    return True


def _release(job: Job, _: Mapping[str, str], by: Operator, reason: str) -> object:
    release_hold(job.queue, by=by, reason=reason)
    return True


VERBS: Final[Mapping[str, Verb]] = {
    "retry": Verb(
        words="Retry",
        needs=Deed.RETRY,
        done="It waits for a fresh round of attempts.",
        states=FINISHED,
        tone="first",
        act=lambda job, _, by, reason: retry([job.pk], states=[job.state], by=by, reason=reason),
    ),
    "promote": Verb(
        words="Run now",
        needs=Deed.EDIT,
        done="Its delay is over.",
        states=(State.DELAYED,),
        tone="first",
        act=lambda job, _, by, reason: promote([job.pk], by=by, reason=reason),
    ),
    "copy": Verb(
        words="Run a copy",
        done="This is the copy.",
        states=tuple(State),
        needs=Deed.ENQUEUE,
        act=lambda job, _, by, reason: run_copy(job.pk, by=by, reason=reason),
    ),
    "cancel": Verb(
        words="Cancel",
        needs=Deed.CANCEL,
        done="It is cancelled; if it runs, it has been asked to stop.",
        states=(*PENDING, State.ACTIVE),
        tone="danger",
        act=lambda job, _, by, reason: cancel([job.pk], by=by, reason=reason),
    ),
    "edit": Verb(
        words="Save",
        done="Its payload is another.",
        states=(*PENDING, State.FAILED),
        needs=Deed.EDIT,
        act=_edit,
        mends=True,
    ),
    "priority": Verb(
        words="Change priority",
        needs=Deed.EDIT,
        done="It has another priority.",
        states=PENDING,
        mends=True,
        act=lambda job, form, by, reason: change_priority([job.pk], priority=_priority(form), by=by, reason=reason),
    ),
    "free": Verb(
        words="Start without waiting",
        needs=Deed.EDIT,
        done="It waits for nothing more.",
        states=(State.BLOCKED,),
        mends=True,
        act=lambda job, _, by, reason: free([job.pk], by=by, reason=reason),
    ),
    "put_back": Verb(
        words="Put it back into Redis",
        needs=Deed.RETRY,
        done="Redis has it again.",
        states=STARTABLE,
        mends=True,
        act=lambda job, _, by, reason: put_back([job.pk], by=by, reason=reason),
    ),
    "resume": Verb(
        words="Resume the queue",
        done="The queue goes on.",
        states=PENDING,
        needs=Deed.PAUSE,
        mends=True,
        act=_resume,
    ),
    "release": Verb(
        words="Release the queue",
        done="The queue goes on.",
        states=PENDING,
        needs=Deed.PAUSE,
        mends=True,
        act=_release,
    ),
}


def offered(request: HttpRequest, job: Job) -> dict[str, Verb]:
    """Return the verbs that this person may use on a job in its state."""
    return {name: verb for name, verb in VERBS.items() if job.state in verb.states and may(request.user, verb.needs)}
