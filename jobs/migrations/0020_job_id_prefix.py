"""Lets job ids be found by their beginning on PostgreSQL in any locale, by the index that keeps them unique."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_ANEW = (
    "DROP INDEX CONCURRENTLY IF EXISTS jobs_job_anew",  # what an interrupted run has left
    "CREATE UNIQUE INDEX CONCURRENTLY jobs_job_anew ON jobs_job (queue, job_id {kind})",
    "ALTER TABLE jobs_job DROP CONSTRAINT IF EXISTS jobs_job_once",
    "DROP INDEX IF EXISTS jobs_job_once",
    "ALTER INDEX jobs_job_anew RENAME TO jobs_job_once",
)
"""Jobs are enqueued meanwhile: one of the two indexes is there at any time."""


def _make(editor: BaseDatabaseSchemaEditor, kind: str) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in _ANEW:
            editor.execute(statement.format(kind=kind))


def by_beginning(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Compare job ids byte by byte, as LIKE does."""
    _make(editor, "varchar_pattern_ops")


def by_locale(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Compare job ids as the database's locale says."""
    _make(editor, "varchar_ops")


class Migration(migrations.Migration):
    atomic = False  # an index is made beside the running work

    dependencies = [("jobs", "0019_group_limits")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(by_beginning, by_locale)],
            state_operations=[
                migrations.RemoveConstraint("job", "jobs_job_once"),
                migrations.AddConstraint(
                    "job",
                    models.UniqueConstraint(
                        fields=["queue", "job_id"],
                        name="jobs_job_once",
                        opclasses=["varchar_ops", "varchar_pattern_ops"],
                    ),
                ),
            ],
        )
    ]
