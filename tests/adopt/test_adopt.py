"""docs/adopt.md, followed in a fresh project: five lines of settings, an actor, workers, a result."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "adopt.md").read_text()


def shown(comment: str) -> str:
    """Return the block below a comment of the page."""
    found = re.search(rf"<!-- {re.escape(comment)} -->\n```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found, comment
    return found[1]


@pytest.fixture
def project(tmp_path: Path, redis: object) -> tuple[Path, dict[str, str]]:
    """Make a project as `django-admin startproject` does, and add what the page shows."""
    ours = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PYTHONPATH")
    environment = {name: value for name, value in os.environ.items() if name not in ours} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "django", "startproject", "site_of_theirs", str(tmp_path)]
    subprocess.run(command, env=environment, check=True)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "actors.py").write_text(shown("file: shop/actors.py"))
    lines = shown("settings")
    assert len(lines.splitlines()) == 5
    lines = lines.replace("redis://127.0.0.1:6379/0", os.environ["REDIS_URL"])
    with (tmp_path / "site_of_theirs" / "settings.py").open("a") as settings:
        settings.write(lines)
    return tmp_path, environment


def test_a_fresh_django_project_adopts_the_engine_by_its_page(project: tuple[Path, dict[str, str]]) -> None:
    place, environment = project
    manage = [sys.executable, str(place / "manage.py")]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, cwd=place, check=True)
    (place / "caller.py").write_text(
        "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'site_of_theirs.settings'\ndjango.setup()\n"
        + shown("run")
    )

    with subprocess.Popen([*manage, "rundramatiq"], env=environment, cwd=place) as workers:
        try:
            said = subprocess.run(
                [sys.executable, "caller.py"], env=environment, cwd=place, capture_output=True, text=True, check=False
            )
        finally:
            workers.send_signal(signal.SIGTERM)
            code = workers.wait(60)

    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == "{'said': 'Hello Ada'}"
    assert code == 0
