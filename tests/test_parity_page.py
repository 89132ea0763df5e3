"""The comparison with others: no cell is empty, and what is promised for later names its issue."""

from __future__ import annotations

import re

from tests.documents import DOCS

HEAD = "| Feature | Ours | BullMQ | Celery | Sidekiq | Oban |"
LATER = {7, 8, 9, 10}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (DOCS / "parity.md").read_text().splitlines()
    if line.startswith("| ") and line != HEAD
]


def test_every_cell_of_the_comparison_says_something() -> None:
    assert len(ROWS) > 50
    assert all(len(row) == 6 and all(row) for row in ROWS)


def test_no_feature_is_compared_twice() -> None:
    features = [row[0] for row in ROWS]

    assert len(set(features)) == len(features)


def test_what_comes_later_names_an_issue_that_is_there() -> None:
    named = [int(number) for row in ROWS for number in re.findall(r"issue (\d+)", " ".join(row))]

    assert named
    assert set(named) <= LATER


def test_only_our_column_speaks_of_issues() -> None:
    assert not [row for row in ROWS if any("issue" in cell for cell in row[2:])]
