"""The pages without a test of their own: Python blocks run, or are parts of programs; the menu names every page."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from tests.documents import DOCS, Block, python_blocks, run_block

ROOT = DOCS.parent
OURS = ("jobs", "jobs_project", "ingestion", "calculations", "webhooks", "reports")
PAGES = ("tutorial.md",)
EXCERPTS = (
    "flows.md",
    "schedules.md",
    "reports.md",
    "webhooks.md",
    "adding-an-app.md",
    "deduplication.md",
    "fair-shares.md",
    "payload-versions.md",
)
"""Pages that show parts of programs: what they import of ours must be there, and all must be Python."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("page", "block"),
    [pytest.param(page, block, id=f"{page} {block}") for page in PAGES for block in python_blocks(page)],
)
def test_what_the_page_shows_works(page: str, block: Block, request: pytest.FixtureRequest) -> None:
    assert run_block(block, page, request)


@pytest.mark.parametrize("page", EXCERPTS)
def test_what_the_page_shows_in_part_is_python_of_names_that_are_there(page: str) -> None:
    blocks = python_blocks(page)
    assert blocks

    for block in blocks:
        tree = ast.parse(block.text.replace("…", "...").replace("{...,", "{"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
                module = import_module(str(node.module))
                assert all(hasattr(module, alias.name) for alias in node.names), (page, block, node.module)


def test_every_page_with_python_is_run_by_some_test() -> None:
    shows = {path.name for path in DOCS.glob("*.md") if python_blocks(path.name)}
    tests = "".join(
        path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path.name != Path(__file__).name
    )

    assert set(PAGES) | set(EXCERPTS) <= shows
    assert all(f'"{page}"' in tests for page in shows - set(PAGES) - set(EXCERPTS))


def test_the_site_s_menu_names_every_page() -> None:
    text = re.sub(r"!\w+", "", (ROOT / "mkdocs.yml").read_text())
    named = set(re.findall(r"[\w-]+\.md", str(yaml.safe_load(text)["nav"])))

    assert {path.name for path in DOCS.glob("*.md")} | {"reference.md", "README.md"} == named


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", (ROOT / "README.md").read_text())

    assert links
    assert all((ROOT / Path(link)).exists() for link in links)
