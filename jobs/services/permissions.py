"""Answers who may do what, and to whose jobs: every door and every service asks here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

from jobs.errors import NotPermitted
from jobs.operator import Operator
from jobs.permissions import DJANGO, TENANT_ROLES, WHOLE, Deed

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The jobs of some tenants and queues, or of all (None)."""

    tenants: frozenset[str] | None = None
    queues: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        """Tell if nothing is out of reach."""
        return self.tenants is None and self.queues is None

    def narrow(self, jobs: QuerySet[M]) -> QuerySet[M]:
        """Return those of the jobs that are within reach."""
        if self.tenants is not None:
            jobs = jobs.filter(tenant__in=self.tenants)
        return jobs if self.queues is None else jobs.filter(queue__in=self.queues)

    def ids(self, ids: Sequence[str | UUID], *, using: str) -> list[str]:
        """Return those of the ids that are within reach, in their order; the others are like unknown ones."""
        if self.is_everything:
            return [str(id_) for id_ in ids]
        jobs = apps.get_model("jobs", "Job").objects.using(using).filter(pk__in=ids)
        within = {str(pk) for pk in self.narrow(jobs).values_list("pk", flat=True)}
        return [str(id_) for id_ in ids if str(id_) in within]

    def holds(self, *, queue: str, tenant: str) -> bool:
        """Tell if jobs of a queue and tenant are within reach."""
        return (self.tenants is None or tenant in self.tenants) and (self.queues is None or queue in self.queues)


EVERYTHING = Reach()


def reach_of(user: User | AnonymousUser, deed: Deed) -> Reach:
    """Return whose jobs a person may do this to; raises NotPermitted for nobody's."""
    if any(user.has_perm(name) for name in DJANGO.get(deed, ())):
        return EVERYTHING
    tenants = tenants_of(user, deed)
    if not tenants or deed in WHOLE:
        raise NotPermitted(deed)
    return Reach(tenants=tenants)


def tenants_of(user: User | AnonymousUser, deed: Deed) -> frozenset[str]:
    """Return the tenants in which a person's role allows a deed."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    roles = [role for role, deeds in TENANT_ROLES.items() if deed in deeds]
    memberships = apps.get_model("jobs", "Membership").objects.filter(user=user, role__in=roles)
    return frozenset(memberships.values_list("tenant_id", flat=True))


def permit(by: Operator, deed: Deed) -> Reach:
    """Return how far an operator may do this; code and shells that act for no user may do all. Raises NotPermitted."""
    return EVERYTHING if by.user is None else reach_of(by.user, deed)


def tenants_permitted(by: Operator, deed: Deed) -> frozenset[str]:
    """Return the tenants in whose data somebody may do this, by role; no permission of the installation opens them."""
    return tenants_of(by.user, deed)


def permit_queue(by: Operator, deed: Deed, queue: str) -> None:
    """Check a deed that concerns all of a queue; raises NotPermitted."""
    reach = permit(by, deed)
    if reach.tenants is not None or (reach.queues is not None and queue not in reach.queues):
        raise NotPermitted(deed)


def may(user: User | AnonymousUser, deed: Deed) -> bool:
    """Tell if there is anything that a person may do this to, for doors that hide what is refused anyway."""
    try:
        reach_of(user, deed)
    except NotPermitted:
        return False
    return True


def deeds_of(user: User | AnonymousUser) -> Collection[Deed]:
    """Return all that a person may do somewhere."""
    return [deed for deed in Deed if may(user, deed)]
