"""Makes the data that every row's database begins with, once for all: `python -m tests.chaos.template PLACE`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from jobs_project.local.postgres import Postgres


def main(place: Path) -> None:
    """Migrate a fresh database, stop its server, leave its data there."""
    shutil.rmtree(place, ignore_errors=True)
    with Postgres() as postgres:
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "ENV_FILES": "",
            "DEBUG": "true",
        }
        _migrate()
        postgres.stop(keep=place)


def _migrate() -> None:
    import django  # noqa: PLC0415  (its settings need the server's address)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tests.chaos.actors import EFFECTS  # noqa: PLC0415  (needs Django)

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(EFFECTS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
