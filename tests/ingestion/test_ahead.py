"""Pieces are made one ahead, in order, and what goes wrong is told in its turn."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest

from ingestion.ahead import ahead


def test_the_next_piece_is_made_while_the_caller_uses_this_one() -> None:
    made = Event()

    def pieces() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    stream = ahead(pieces())

    assert next(stream) == 1
    assert made.wait(10)
    assert list(stream) == [2]


def test_an_error_comes_after_the_pieces_before_it() -> None:
    def pieces() -> Iterator[int]:
        yield 1
        raise LookupError

    stream = ahead(pieces())

    assert next(stream) == 1
    with pytest.raises(LookupError):
        next(stream)


def test_who_stops_early_leaves_no_thread_behind() -> None:
    stream = ahead(iter(range(10)))

    assert next(stream) == 0
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert list(stream) == []
