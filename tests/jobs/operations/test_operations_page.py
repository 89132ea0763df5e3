"""The page about operations: what it shows works."""

from __future__ import annotations

import pytest

from tests.documents import Block, python_blocks, run_block

PAGE = "operations.md"


@pytest.mark.parametrize("block", python_blocks(PAGE), ids=str)
def test_what_the_operations_page_shows_works(block: Block, request: pytest.FixtureRequest) -> None:
    assert run_block(block, PAGE, request)
