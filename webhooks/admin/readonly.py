"""Rows that the machinery writes and people only read."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator


class ReadOnly:
    """Takes away adding, changing and deleting."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """A list and a page of rows to read; never counts the table."""

    paginator = InfinitePaginator
    show_full_result_count = False


class ReadOnlyInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold is untyped
    """Rows to read on their parent's page."""

    extra = 0
