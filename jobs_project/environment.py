"""Reads settings from the environment; what cannot be used is refused with the variable's name and an example."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

FILES = (".env.local", ".env")
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


class BadSetting(ImproperlyConfigured):
    """Raised when a variable is missing or cannot be used."""

    def __init__(self, name: str, *, problem: str, example: str) -> None:
        super().__init__(f"{name}: {problem}. For example: {name}={example}")


def read_files(directory: Path) -> None:
    """Fill the environment from .env.local, then .env, or the files of ENV_FILES; what is set already wins."""
    names = os.environ.get("ENV_FILES", " ".join(FILES)).split()
    for path in (directory / name for name in names):
        if path.exists():
            environ.Env.read_env(path)


def text(name: str, default: str = "") -> str:
    """Return the variable without outer spaces; set but empty counts as not set."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: str = "") -> list[str]:
    """Return the parts of a comma-separated variable."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def boolean(name: str, *, default: bool) -> bool:
    """Return a yes-or-no variable."""
    given = text(name, str(default)).lower()
    if given not in TRUE | FALSE:
        raise BadSetting(name, problem=f"{given!r} is neither true nor false", example=str(default).lower())
    return given in TRUE


def integer(name: str, *, default: int, least: int = 0) -> int:
    """Return a whole number, not below `least`."""
    given = text(name, str(default))
    if not given.isascii() or not given.isdecimal() or int(given) < least:
        raise BadSetting(name, problem=f"{given!r} is no whole number from {least} up", example=str(default))
    return int(given)


def choice(name: str, options: tuple[str, ...]) -> str:
    """Return one of the options; the first is the default."""
    given = text(name, options[0]).lower()
    if given not in options:
        raise BadSetting(name, problem=f"{given!r} is none of {', '.join(options)}", example=options[0])
    return given


def secret_key(name: str, *, development: bool) -> str:
    """Return the key that signs sessions and encrypts secrets: a strong one must be set outside development."""
    given = text(name)
    if not given and development:
        return "development-only-" * 4
    if len(given) < 50 or len(set(given)) < 5:
        problem = "missing" if not given else "too weak (at least 50 characters, 5 of them different)"
        raise BadSetting(
            name,
            problem=f"{problem}; DEBUG=true works without one",
            example="\"$(python -c 'import secrets; print(secrets.token_urlsafe(50))')\"",
        )
    return given
