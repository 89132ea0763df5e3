"""The table of states: what the code allows is what the document says."""

from __future__ import annotations

import re
from collections import defaultdict

from jobs.states import FINISHED, LIVE, MOVES, PENDING, STARTABLE, State
from tests.documents import DOCS, blocks

PAGE = "lifecycle.md"


def moves_of_the_table() -> dict[State | None, set[State]]:
    """Return what the document's table of moves says."""
    section = (DOCS / PAGE).read_text().split("## The moves")[1].split("\n## ")[0]
    moves: dict[State | None, set[State]] = defaultdict(set)
    for start, ends in re.findall(r"^\| ([–\w]+) \| ([\w, ]+) \|", section, flags=re.MULTILINE):
        if start != "from":
            moves[None if start == "–" else State(start)] |= {State(end) for end in ends.split(", ")}
    return moves


def moves_of_the_drawing() -> dict[State | None, set[State]]:
    """Return what the document's drawing shows."""
    drawing = next(block.text for block in blocks(PAGE) if block.language == "mermaid")
    moves: dict[State | None, set[State]] = defaultdict(set)
    for start, end in re.findall(r"^ +(\S+) --> (\w+):", drawing, flags=re.MULTILINE):
        moves[None if start == "[*]" else State(start)].add(State(end))
    return moves


def test_the_document_tells_every_move_and_no_other() -> None:
    assert moves_of_the_table() == MOVES


def test_the_drawing_shows_every_move_and_no_other() -> None:
    assert moves_of_the_drawing() == MOVES


def test_every_state_can_be_reached_and_left() -> None:
    assert set(MOVES) == {None, *State}
    assert frozenset.union(*MOVES.values()) == frozenset(State)


def test_a_job_has_either_finished_or_not() -> None:
    assert set(FINISHED) | set(PENDING) | {State.ACTIVE} == set(State)
    assert set(STARTABLE) < set(PENDING)
    assert set(LIVE) == {*STARTABLE, State.ACTIVE}
    assert all(MOVES[state] == {State.WAITING, State.BLOCKED} for state in FINISHED)
