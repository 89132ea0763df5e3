"""Makes, uses and revokes tokens of the HTTP API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from knox.settings import knox_settings

from jobs.errors import InvalidOption, NotPermitted
from jobs.operator import SYSTEM, Operator
from jobs.permissions import Scope
from jobs.services.operator_audit import Change, audit_changes
from jobs.services.queues import check_queue

if TYPE_CHECKING:
    from jobs.models import ApiToken, Tenant

USED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is known: not every request shall write."""
MOST_DAYS: Final = 3_650


def create_token(
    owner: User,
    *,
    name: str,
    scopes: Sequence[str],
    queues: Sequence[str] = (),
    tenant: Tenant | None = None,
    days: int | None = None,
    by: Operator = SYSTEM,
) -> tuple[ApiToken, str]:
    """Make a token that acts for `owner` within limits; return it and the text, which nobody can read again.

    People make tokens for themselves, a superuser for anybody. Raises NotPermitted, InvalidOption, UnknownQueue.
    """
    if by.user is not None and not by.user.is_superuser and by.user != owner:
        raise NotPermitted("make tokens for others")
    if not scopes or not set(scopes) <= set(Scope):
        raise InvalidOption("scopes", list(scopes), f"some of {', '.join(Scope)}")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidOption("days", days, f"1 to {MOST_DAYS}")
    expiry = timedelta(days=days) if days else knox_settings.TOKEN_TTL
    with transaction.atomic():
        token, text = apps.get_model("knox", "AuthToken").objects.create(owner, expiry)
        limits: ApiToken = apps.get_model("jobs", "ApiToken").objects.create(
            token=token,
            name=name,
            scopes=sorted(set(scopes)),
            queues=[check_queue(queue) for queue in queues],
            tenant=tenant,
        )
        _audit("CREATE", limits, after=_facts(limits), by=by)
    return limits, str(text)


def revoke_token(limits: ApiToken, *, by: Operator = SYSTEM) -> None:
    """Delete a token: its next request is refused. Raises NotPermitted for a token of somebody else."""
    if by.user is not None and not by.user.is_superuser and by.user.pk != limits.token.user_id:
        raise NotPermitted("revoke tokens of others")
    with transaction.atomic():
        _audit("REVOKE", limits, before=_facts(limits), by=by)
        limits.token.delete()


def token_used(limits: ApiToken) -> None:
    """Note that a token has been used now, at most once a minute."""
    now = timezone.now()
    if limits.last_used_at is None or limits.last_used_at < now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        apps.get_model("jobs", "ApiToken").objects.filter(stale, pk=limits.pk).update(last_used_at=now)


def _facts(limits: ApiToken) -> dict[str, Any]:
    return {
        "name": limits.name,
        "owner": str(limits.token.user_id),
        "scopes": limits.scopes,
        "queues": limits.queues,
        "expires": limits.token.expiry and limits.token.expiry.isoformat(),
    }


def _audit(action: str, limits: ApiToken, *, before: Any = None, after: Any = None, by: Operator) -> None:
    change = Change(
        action=action,
        entity_type="TOKEN",
        entity_id=limits.token.token_key,
        before=before or {},
        after=after or {},
        tenant=limits.tenant_id or "",
    )
    audit_changes([change], by=by)
