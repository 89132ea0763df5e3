"""Pages of rows that only services and the engine write: the one room for all apps (`jobs.ReadOnlyAdmin`)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator


class _ReadOnly:
    """Takes away adding, changing and deleting."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a service adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a service changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: other rows rest on these, and retention deletes."""
        return False


class ReadOnlyAdmin(_ReadOnly, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """A list and a page to read, which begins with `first`; the table may be large and is never counted."""

    paginator = InfinitePaginator
    show_full_result_count = False
    first: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Put what people look for above the other facts."""
        fields = super().get_fields(request, obj)
        return [*self.first, *(field for field in fields if field not in self.first)]


class ReadOnlyInline(_ReadOnly, TabularInline):  # type: ignore[misc]  # unfold is untyped
    """Rows to read on the page of what they belong to, some at a time."""

    extra = 0
    per_page = 20
