"""Brings dead letters that no code could read to what this code reads, and retries them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import dramatiq
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import QuerySet

from jobs.declare import FORMER, JobActor
from jobs.draft import encode_payload
from jobs.errors import InvalidPayload, JobsError, NoSuchActor
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Deed
from jobs.services.operate import bring_back
from jobs.services.operator_audit import audit_jobs
from jobs.services.permissions import Reach, permit
from jobs.states import State

if TYPE_CHECKING:
    from jobs.models import Job

STEP = 500
UNREAD = ("ActorNotFound", "InvalidPayload", "PayloadTooNew")
"""Errors of jobs that no actor has seen."""


@dataclass(slots=True)
class Upgraded:
    """How many dead letters can be read now (and are retried, unless it was a dry run), and why the others cannot."""

    fixed: int = 0
    left: Counter[str] = field(default_factory=Counter)


def upgrade_dead_letters(
    *,
    actor: str | None = None,
    queue: str | None = None,
    dry_run: bool = False,
    by: Operator = SYSTEM,
    reason: str = "",
    using: str = "default",
) -> Upgraded:
    """Rewrite dead letters of unknown actors and bad payloads as this code has them, and bring them back.

    Their actor by its present name (`formerly`), their payload at its present version (`payload_upgrades`). What still
    cannot be read stays as it is. In steps; raises nothing for a letter, whatever it holds, and NotPermitted.
    """
    reach = permit(by, Deed.EDIT)
    done = Upgraded()
    after: UUID | None = None
    while True:
        with transaction.atomic(using=using):
            page = _page(reach, actor, queue, after, using)
            fixed = [str(pk) for pk in page if _fix(pk, done, dry_run=dry_run, using=using)]
            done.fixed += len(fixed)
            if not dry_run:
                moved = bring_back(fixed, states=[State.FAILED], using=using)
                audit_jobs("UPGRADE", moved, by=by, reason=reason, using=using)
        if len(page) < STEP:
            return done
        after = page[-1]


def _page(reach: Reach, actor: str | None, queue: str | None, after: UUID | None, using: str) -> list[UUID]:
    letters = _jobs(using).filter(state=State.FAILED, finished_at__isnull=False, error_type__in=UNREAD)
    letters = reach.narrow(letters)
    if actor is not None:
        letters = letters.filter(actor=actor)
    if queue is not None:
        letters = letters.filter(queue=queue)
    if after is not None:
        letters = letters.filter(pk__gt=after)
    return list(letters.order_by("pk").values_list("pk", flat=True)[:STEP])


def _fix(pk: UUID, done: Upgraded, *, dry_run: bool, using: str) -> bool:
    """Rewrite one dead letter if this code can read it; else count why not."""
    try:
        row = _jobs(using).select_for_update().only("actor", "payload", "tenant").get(pk=pk, state=State.FAILED)
        name, payload = _present(row)
    except ObjectDoesNotExist:
        return False  # retried or deleted since
    except JobsError as error:
        done.left[str(error)] += 1
        return False
    except (ValueError, RecursionError):  # JSON that the database holds and Python cannot read
        done.left["its row cannot be read"] += 1
        return False
    if not dry_run:
        _jobs(using).filter(pk=pk).update(actor=name, payload=payload)
    return True


def _present(row: Job) -> tuple[str, Any]:
    """Return actor and payload as this code has them."""
    broker = dramatiq.get_broker()
    name = row.actor if row.actor in broker.actors else FORMER.get(row.actor, row.actor)
    actor = broker.actors.get(name)
    if actor is None:
        raise NoSuchActor(name)
    if not isinstance(actor, JobActor):
        if not isinstance(row.payload, dict):
            raise InvalidPayload(name, ["it must be a JSON object"])
        return name, row.payload
    payload = actor.payload_type.read(row.payload)
    if payload.tenant != row.tenant:
        raise InvalidPayload(name, ["a job stays with its tenant"])
    return name, json.loads(encode_payload(name, payload.as_json()))


def _jobs(using: str) -> QuerySet[Job]:
    jobs: QuerySet[Job] = apps.get_model("jobs", "Job").objects.using(using)
    return jobs
