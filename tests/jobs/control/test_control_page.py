"""The page about control: what it shows works."""

from __future__ import annotations

import pytest

from tests.documents import Block, python_blocks, run_block

PAGE = "control.md"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("block", python_blocks(PAGE), ids=str)
def test_what_the_page_about_control_shows_works(block: Block, request: pytest.FixtureRequest) -> None:
    assert run_block(block, PAGE, request)
