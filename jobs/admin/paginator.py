"""Counts the rows of a list up to a bound: exact for what people leaf through, cheap for a million."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages of the first `MOST` rows; whoever wants the others filters."""

    MOST = 10_000
    template_name = "jobs/pagination.html"

    @cached_property
    def _found(self) -> int:
        """How many rows there are, one more than the bound for all that are beyond it."""
        rows = self.object_list.order_by().values("pk")  # type: ignore[attr-defined]  # a query, not a list
        return int(rows[: self.MOST + 1].count())

    @cached_property
    def count(self) -> int:
        """How many rows the pages hold."""
        return min(self._found, self.MOST)

    @cached_property
    def many(self) -> bool:
        """Whether there are more rows than pages show."""
        return self._found > self.MOST
