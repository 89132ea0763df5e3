"""The audit log outlives tenants, and the database refuses to change it."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_GUARD = {
    "postgresql": [
        "CREATE FUNCTION jobs_auditlog_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is never changed' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        "CREATE TRIGGER jobs_auditlog_kept BEFORE UPDATE ON jobs_auditlog "
        "FOR EACH ROW EXECUTE FUNCTION jobs_auditlog_refuse()",
    ],
    "sqlite": [
        "CREATE TRIGGER jobs_auditlog_kept BEFORE UPDATE ON jobs_auditlog "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END",
    ],
}
_LIFT = {
    "postgresql": [
        "DROP TRIGGER jobs_auditlog_kept ON jobs_auditlog",
        "DROP FUNCTION jobs_auditlog_refuse()",
    ],
    "sqlite": ["DROP TRIGGER IF EXISTS jobs_auditlog_kept"],
}


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse updates from now on; SQLite loses the trigger when a later migration makes the table anew."""
    for statement in _GUARD[editor.connection.vendor]:
        editor.execute(statement, params=None)


def lift(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Allow updates again."""
    for statement in _LIFT[editor.connection.vendor]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("jobs", "0007_queue_limits")]

    operations = [
        migrations.AlterField(
            model_name="auditlog",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="audit_logs",
                to="jobs.tenant",
            ),
        ),
        migrations.AlterField(
            model_name="auditlog",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunPython(guard, lift, elidable=False),
    ]
