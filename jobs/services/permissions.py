"""Answers who may do what, and to whose jobs: every door and every service asks here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

from jobs.errors import NotPermitted
from jobs.operator import Operator
from jobs.permissions import DJANGO, OF_QUEUES, SCOPES, TENANT_ROLES, WHOLE, Deed, Scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from jobs.models import ApiToken

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


def reach_of(user: User | AnonymousUser, deed: Deed, *, token: ApiToken | None = None) -> Reach:
    """Return whose jobs a person may do this to, within a token's limits; raises NotPermitted for nobody's."""
    tenants = None if any(user.has_perm(name) for name in DJANGO.get(deed, ())) else tenants_of(user, deed)
    queues = None
    if token is not None:
        _check_scope(token, deed)
        if token.tenant_id is not None:
            bound = frozenset({token.tenant_id})
            tenants = bound if tenants is None else tenants & bound
        queues = frozenset(token.queues) or None
    if tenants is not None and (not tenants or deed in WHOLE):
        raise NotPermitted(deed)
    return Reach(tenants=tenants, queues=queues)


def tenants_of(user: User | AnonymousUser, deed: Deed) -> frozenset[str]:
    """Return the tenants in which a person's role allows a deed."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    roles = [role for role, deeds in TENANT_ROLES.items() if deed in deeds]
    memberships = apps.get_model("jobs", "Membership").objects.filter(user=user, role__in=roles)
    return frozenset(memberships.values_list("tenant_id", flat=True))


def _check_scope(token: ApiToken, deed: Deed) -> None:
    """Refuse what a token is not for; a scope that nobody knows any more allows nothing."""
    if not any(deed in SCOPES[Scope(scope)] for scope in token.scopes if scope in set(Scope)):
        raise NotPermitted(f"{deed} with this token: its scopes are {', '.join(token.scopes)}")
    if token.queues and deed not in OF_QUEUES:
        raise NotPermitted(f"{deed} with this token: it is limited to queues")


def permit(by: Operator, deed: Deed) -> Reach:
    """Return how far an operator may do this; code and shells that act for no user may do all. Raises NotPermitted."""
    return EVERYTHING if by.user is None else reach_of(by.user, deed, token=by.token)


def permit_all(by: Operator, deed: Deed) -> None:
    """Check a deed that concerns the jobs of all tenants; raises NotPermitted."""
    if permit(by, deed).tenants is not None:
        raise NotPermitted(f"{deed} of all tenants")


def permit_queue(by: Operator, deed: Deed, queue: str) -> None:
    """Check a deed that concerns all of a queue; raises NotPermitted."""
    permit_all(by, deed)
    permit_in_queue(by, queue)


def permit_in_queue(by: Operator, queue: str) -> None:
    """Check that a token is not limited to other queues; raises NotPermitted."""
    if by.token is not None and by.token.queues and queue not in by.token.queues:
        raise NotPermitted("reach this queue with this token")


def tenants_permitted(by: Operator, deed: Deed) -> frozenset[str]:
    """Return the tenants in whose data somebody may do this, by role; no permission of the installation opens them."""
    tenants = tenants_of(by.user, deed)
    if by.token is None:
        return tenants
    _check_scope(by.token, deed)
    return tenants if by.token.tenant_id is None else tenants & {by.token.tenant_id}


def check_scope(by: Operator, deed: Deed) -> None:
    """Refuse what the operator's token, if there is one, is not for; raises NotPermitted."""
    if by.token is not None:
        _check_scope(by.token, deed)


def may(by: Operator | User | AnonymousUser, deed: Deed) -> bool:
    """Tell if there is anything that somebody may do this to, for doors that hide what is refused anyway."""
    try:
        if isinstance(by, Operator):
            permit(by, deed)
        else:
            reach_of(by, deed)
    except NotPermitted:
        return False
    return True
