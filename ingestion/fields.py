"""Model fields that keep decimals exact."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

from ingestion.errors import ValueOutOfRange
from ingestion.numbers import LIMIT, PLACES, cut, plain

if TYPE_CHECKING:
    _DecimalField = models.DecimalField[Any, Any]
else:
    _DecimalField = models.DecimalField  # generic in the type stubs only


class ExactDecimalField(_DecimalField):
    """A number of 16 digits before and 12 after the point: numeric(28, 12), or exact text on SQLite.

    SQLite keeps a decimal column as a binary float and loses everything after the 15th digit, so there the column
    is text in plain form. Equality works on both; SQLite neither orders nor sums these columns as numbers.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 28)
        kwargs.setdefault("decimal_places", PLACES)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        """Return our own name, so that no backend treats the column as its usual decimal."""
        return "ExactDecimalField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column's type."""
        if connection.vendor == "sqlite":
            return "text"
        return f"numeric({self.max_digits}, {self.decimal_places})"

    def get_db_prep_value(
        self,
        value: Any,
        connection: BaseDatabaseWrapper,
        prepared: bool = False,  # noqa: FBT001, FBT002 (Django's signature)
    ) -> Any:
        """Cut to 12 places; raise `ValueOutOfRange` where a database would refuse or, worse, accept it."""
        if value is None or isinstance(value, Expression):
            return value
        number = cut(self.to_python(value))
        if abs(number) >= LIMIT:
            raise ValueOutOfRange(value)
        return plain(number) if connection.vendor == "sqlite" else number

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        """Return the stored number."""
        return None if value is None else Decimal(value)
