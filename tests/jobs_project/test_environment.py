"""Variables: where they come from, and what is answered to bad ones."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jobs_project import environment
from jobs_project.environment import BadSetting

ROOT = Path(__file__).resolve().parents[2]


def test_env_local_wins_over_env_and_the_environment_over_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENV_FILES")
    monkeypatch.setenv("FIRST", "environment")
    for name in ("SECOND", "THIRD"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env.local").write_text("FIRST=local\nSECOND=local\n")
    (tmp_path / ".env").write_text("FIRST=env\nSECOND=env\nTHIRD=env\n")

    environment.read_files(tmp_path)

    assert [os.environ.pop(name) for name in ("FIRST", "SECOND", "THIRD")] == ["environment", "local", "env"]


def test_what_is_neither_true_nor_false_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")

    with pytest.raises(BadSetting, match=r"DEBUG: 'maybe' is neither true nor false\. For example: DEBUG=false"):
        environment.boolean("DEBUG", default=False)


@pytest.mark.parametrize("given", ["-1", "1.5", "many", "²"])
def test_what_is_no_whole_number_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_POOL_SIZE", given)

    with pytest.raises(BadSetting, match="DATABASE_POOL_SIZE"):
        environment.integer("DATABASE_POOL_SIZE", default=20)


def test_an_unknown_choice_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")

    with pytest.raises(BadSetting, match="LOG_FORMAT: 'xml' is none of human, json"):
        environment.choice("LOG_FORMAT", ("human", "json"))


@pytest.mark.parametrize("given", ["", "short", "a" * 80])
def test_outside_development_a_strong_secret_key_is_required(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", given)

    with pytest.raises(BadSetting, match=r"SECRET_KEY: (missing|too weak)"):
        environment.secret_key("SECRET_KEY", development=False)


def test_every_variable_that_settings_read_is_in_the_example_file() -> None:
    sources = [*(ROOT / "jobs_project").rglob("*.py")]
    readers = r"(?:boolean|integer|words|text|choice|secret_key|database|redis|environ\.get)\(\s*\"([A-Z_]+)\""
    read = {name for source in sources for name in re.findall(readers, source.read_text())}
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert read == listed


def test_production_settings_start_with_nothing_but_a_key_and_are_closed() -> None:
    environ = {"PATH": os.environ["PATH"], "ENV_FILES": "", "SECRET_KEY": "correct-horse-battery-staple-" * 3}
    ask = "from django.conf import settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE)"

    answer = subprocess.run(
        [sys.executable, "-c", f"{ask}"],
        env=environ | {"DJANGO_SETTINGS_MODULE": "jobs_project.settings"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert answer.stdout.split() == ["False", "True", "True"]
