"""Writes the reference from docstrings, when the site is built: the front door, the settings, commands, metrics."""

from __future__ import annotations

import inspect
import os
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the page that is made here."""
    files.append(File.generated(config, "reference.md", content=page()))
    return files


def page() -> str:
    """Return the whole page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobs_project.settings")
    django.setup()
    parts = ["# Reference", "Made from the docstrings of the code.", "## `from jobs import …`", *_front_door()]
    parts += ["## settings.JOBS", *_settings(), "## Commands", *_commands(), "## Metrics", *_metrics()]
    return "\n\n".join(parts) + "\n"


def _front_door() -> list[str]:
    jobs = import_module("jobs")
    parts = []
    for name in sorted(jobs.__all__):
        thing = getattr(jobs, name)
        parts.append(f"### {name}")
        parts.append(_described(name, thing))
        if inspect.isclass(thing):
            for method, function in vars(thing).items():
                if not method.startswith("_") and inspect.isfunction(function) and function.__doc__:
                    parts.append(_described(f"{name}.{method}", function))
    return parts


def _described(name: str, thing: Any) -> str:
    try:
        signature = str(inspect.signature(thing)).replace("'", "") if not inspect.isclass(thing) else ""
    except (TypeError, ValueError):
        signature = ""
    said = inspect.cleandoc(thing.__doc__ or "")
    return f"```text\n{name}{signature}\n```\n\n{said}"


def _settings() -> list[str]:
    conf = import_module("jobs.conf")
    rows = ["| Key | Default |", "|---|---|"]
    for field in fields(conf.JobsSettings):
        default = field.default if field.default is not MISSING else "{}"
        rows.append(f"| `{field.name.upper()}` | `{default!r}` |")
    return [inspect.cleandoc(conf.JobsSettings.__doc__), "\n".join(rows)]


def _commands() -> list[str]:
    rows = ["| Command | Does |", "|---|---|"]
    for file in sorted((ROOT / "jobs" / "management" / "commands").glob("[a-z]*.py")):
        command = import_module(f"jobs.management.commands.{file.stem}").Command
        rows.append(f"| `manage.py {file.stem}` | {command.help.replace('|', '/')} |")
    return ["\n".join(rows)]


def _metrics() -> list[str]:
    names = import_module("jobs.exposition.names")
    rows = ["| Name | Meaning |", "|---|---|"]
    for name, said in names.HELP.items():
        rows.append(f"| `{name if name in names.HISTOGRAMS else name + '_total'}` | {said} |")
    return ["\n".join(rows), "The gauges of the installation have their help lines in `jobs.exposition.state`."]
