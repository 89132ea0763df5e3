"""For which tenant a caller speaks, and what the caller's role allows there: the one place that says so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.contrib.auth.models import AnonymousUser, User
from rest_framework.exceptions import NotAuthenticated, PermissionDenied, ValidationError

from jobs.models import Membership, Role

HEADER: Final = "X-Tenant"
"""Names the tenant, by slug or id, for a caller who is in several."""


class Right(StrEnum):
    """What is done to a tenant's data."""

    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"


RIGHTS: Final[Mapping[str, frozenset[Right]]] = {
    Role.MEMBER: frozenset({Right.READ}),
    Role.ADMIN: frozenset({Right.READ, Right.WRITE}),
    Role.OWNER: frozenset({Right.READ, Right.WRITE, Right.UPLOAD}),
}
"""What each role may do (domain specification, section 3)."""


def tenant_of(user: User | AnonymousUser, right: Right, *, named: str | None = None) -> str:
    """Return the id of the tenant that a request is about: the named one, or the only one that the user is in.

    Raises NotAuthenticated, PermissionDenied for a tenant the user is not in or a role that does not suffice, and
    ValidationError if the user is in several and names none.
    """
    if not user.is_authenticated:
        raise NotAuthenticated
    roles = list(Membership.objects.filter(user=user).values_list("tenant_id", "tenant__slug", "role"))
    if named is not None:  # an id goes first: another tenant's slug may look like it
        roles = [row for row in roles if row[0] == named] or [row for row in roles if row[1] == named]
    if len(roles) > 1:
        raise ValidationError({HEADER: ["You are in several tenants: name one by its slug or id."]})
    if not roles or right not in RIGHTS.get(roles[0][2], ()):
        raise PermissionDenied
    return roles[0][0]
