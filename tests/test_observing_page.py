"""The page about observing: what it shows works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jobs import start_workers, stop_workers
from tests.documents import Block, python_blocks, run_block

PAGE = "observing.md"


@pytest.fixture
def workers(redis: Any) -> Iterator[None]:
    """Run workers on threads of this process."""
    start_workers()
    yield
    stop_workers()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("block", python_blocks(PAGE), ids=str)
def test_what_the_page_shows_works(block: Block, request: pytest.FixtureRequest) -> None:
    assert run_block(block, PAGE, request)
