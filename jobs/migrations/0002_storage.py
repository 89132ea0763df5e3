"""Leaves room in PostgreSQL's pages, so that claims and lease renewals rewrite a row in place (HOT)."""

from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def leave_room(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set the fill factors that protocol.md measured; other databases have no such setting."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE jobs_job SET (fillfactor = 70)")
        schema_editor.execute("ALTER TABLE jobs_process SET (fillfactor = 50)")


class Migration(migrations.Migration):
    """Storage settings only; the schema stays as it is."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("jobs", "0001_initial")]
    operations: ClassVar[list[Any]] = [migrations.RunPython(leave_room, migrations.RunPython.noop)]
