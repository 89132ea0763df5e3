"""Users and groups, in the look of the other pages; a project's own user model is left to it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from knox import admin as _knox_admin  # noqa: F401  # registers its page now, not after we have taken it away
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

THEIRS = [model for model in (User, Group) if admin.site.is_registered(model)]
admin.site.unregister([*THEIRS, AuthToken])


class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]  # unfold is untyped
    """People and programs that log in."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    show_full_result_count = False


class GroupAdmin(DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Permissions that users share."""


for model, page in ((User, UserAdmin), (Group, GroupAdmin)):
    if model in THEIRS:
        admin.site.register(model, page)
