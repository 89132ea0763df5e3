"""For which tenant a caller speaks: the one place that says so. What is allowed there, `jobs.permissions` says."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from rest_framework.exceptions import NotAuthenticated, ValidationError

from jobs.errors import NotPermitted
from jobs.models import Membership
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import tenants_permitted

HEADER: Final = "X-Tenant"
"""Names the tenant, by slug or id, for a caller who is in several."""


class Right(StrEnum):
    """What is done to a tenant's data."""

    READ = Deed.READ_DATA.value
    WRITE = Deed.WRITE_DATA.value
    UPLOAD = Deed.UPLOAD_DATA.value
    READ_AUDIT = Deed.READ_AUDIT.value


def tenant_of(by: Operator, right: Right, *, named: str | None = None) -> str:
    """Return the id of the tenant that a request is about: the named one, or the only one that the user is in.

    Raises NotAuthenticated, NotPermitted for a tenant the user is not in or a role that does not suffice, and
    ValidationError if the user is in several and names none.
    """
    if not by.user.is_authenticated:
        raise NotAuthenticated
    tenants = list(Membership.objects.filter(user=by.user).values_list("tenant_id", "tenant__slug"))
    if by.token is not None and by.token.tenant_id is not None:
        tenants = [row for row in tenants if row[0] == by.token.tenant_id]
    if named is not None:  # an id goes first: another tenant's slug may look like it
        tenants = [row for row in tenants if row[0] == named] or [row for row in tenants if row[1] == named]
    if len(tenants) > 1:
        raise ValidationError({HEADER: ["You are in several tenants: name one by its slug or id."]})
    deed = Deed(right.value)
    if not tenants or tenants[0][0] not in tenants_permitted(by, deed):
        raise NotPermitted(deed)
    return tenants[0][0]
