"""Version tags: two spellings, one order."""

from __future__ import annotations

import pytest

from ingestion.errors import UnknownVersionTag
from ingestion.versions import read_stored_form, read_tag, short_form, version_order


@pytest.mark.parametrize(
    ("text", "tag"),
    [("prelim", "PRELIMINARY"), ("Final", "FINAL"), ("REVISED", "REVISED"), ("preliminary", "PRELIMINARY")],
)
def test_both_spellings_are_read_in_any_case(text: str, tag: str) -> None:
    assert read_tag(text) == tag


def test_a_file_spells_its_tags_out() -> None:
    assert read_stored_form("preliminary") == "PRELIMINARY"
    with pytest.raises(UnknownVersionTag):
        read_stored_form("prelim")


@pytest.mark.parametrize("tag", ["PRELIMINARY", "FINAL", "REVISED"])
def test_the_short_form_reads_back(tag: str) -> None:
    assert read_tag(short_form(tag)) == tag


def test_a_preference_may_be_short_and_must_exist() -> None:
    assert version_order("revised") == version_order("REVISED")
    with pytest.raises(UnknownVersionTag):
        version_order("LATEST")
