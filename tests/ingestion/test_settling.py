"""What a sequence of values does, whatever the chunks it comes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingestion.settling import Key, Stored, settle

KEYS: list[Key] = [("a", date(2024, 1, day), tag) for day in (1, 2) for tag in ("FINAL", "REVISED")]
values = st.sampled_from([Decimal(text) for text in ("1", "1.0", "2", "-3")])
arrivals = st.lists(st.tuples(st.sampled_from(KEYS), values), max_size=40)
tables = st.dictionaries(st.sampled_from(KEYS), values)

Outcome = tuple[dict[Key, Decimal], int, int, list[tuple[Key, Decimal, Decimal]]]


def _settle_in_chunks(
    rows: Sequence[tuple[Key, Decimal]], before: dict[Key, Decimal], cuts: Sequence[int], *, force: bool
) -> Outcome:
    """Settle chunk after chunk against the table that the chunk before left."""
    ids = count()
    table = {key: Stored(f"old {key}", value) for key, value in before.items()}
    upserted = skipped = 0
    changes: list[tuple[Key, Decimal, Decimal]] = []
    for start, end in pairwise([0, *sorted(cuts), len(rows)]):
        result = settle(rows[start:end], table, force=force, new_id=lambda: f"new {next(ids)}")
        table |= result.writes
        upserted, skipped = upserted + result.upserted, skipped + result.skipped
        changes += [(change.key, change.before, change.after) for change in result.changes]
    return {key: value for key, (_, value) in table.items()}, upserted, skipped, changes


@given(rows=arrivals, before=tables, force=st.booleans(), data=st.data())
def test_any_split_into_chunks_gives_the_same_table_counts_and_changes(
    rows: list[tuple[Key, Decimal]], before: dict[Key, Decimal], force: bool, data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(min_value=0, max_value=len(rows)), max_size=6))

    whole = _settle_in_chunks(rows, before, [], force=force)

    assert _settle_in_chunks(rows, before, cuts, force=force) == whole
    assert _settle_in_chunks(rows, before, range(len(rows)), force=force) == whole


@given(rows=arrivals, before=tables, force=st.booleans())
def test_the_last_value_of_a_key_stands_and_every_row_is_counted(
    rows: list[tuple[Key, Decimal]], before: dict[Key, Decimal], force: bool
) -> None:
    table, upserted, skipped, changes = _settle_in_chunks(rows, before, [], force=force)

    assert table == before | dict(rows)
    assert upserted + skipped == len(rows)
    assert all(old != new for _, old, new in changes)
    assert not (force and skipped)


def test_a_key_keeps_its_id_through_changes() -> None:
    result = settle(
        [(KEYS[0], Decimal(1)), (KEYS[0], Decimal(2)), (KEYS[1], Decimal(5))],
        {KEYS[1]: Stored("kept", Decimal(4))},
        force=False,
        new_id=lambda: "made",
    )

    assert result.writes == {KEYS[0]: Stored("made", Decimal(2)), KEYS[1]: Stored("kept", Decimal(5))}
    assert [change.id for change in result.changes] == ["made", "kept"]
