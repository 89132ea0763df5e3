"""Makes the user groups that operators of the whole installation are put into."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from jobs.permissions import DJANGO, OPERATOR_GROUPS, PAGES, Deed


def ensure_groups(**_: object) -> None:
    """Add the groups, and what the table gives them, where they are missing; a receiver of `post_migrate`.

    What has been added by hand stays.
    """
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in _permissions()}
    for name, deeds in OPERATOR_GROUPS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[name] for deed in deeds for name in _names(deed) if name in known))


def _names(deed: Deed) -> list[str]:
    """Return the Django permissions that a deed comes with."""
    return [DJANGO[deed][0], *PAGES.get(deed, ())]


def _permissions() -> list[Permission]:
    names = {name for deeds in OPERATOR_GROUPS.values() for deed in deeds for name in _names(deed)}
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted).select_related("content_type"))
