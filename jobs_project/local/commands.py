"""The command lines of our own processes, run by the interpreter that runs us."""

import sys
from pathlib import Path

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def manage(*words: str) -> list[str]:
    """Return the command line of `manage.py` with these words."""
    return [sys.executable, str(MANAGE), *words]


def serve(address: str) -> list[str]:
    """Return the command line of the web server on an address such as `127.0.0.1:8000`."""
    return [
        sys.executable,
        *("-m", "gunicorn", "jobs_project.wsgi", "--config", "python:jobs_project.gunicorn"),
        *("--bind", address, "--chdir", str(MANAGE.parent), "--log-level", "warning"),
    ]
