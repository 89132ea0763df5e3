"""Files become records, each with the line it begins on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.faults import CsvTooLarge, EmptyCsv, FileFault, InvalidCsv, InvalidHeader
from ingestion.parsing.records import check_file, decode, read_records

HEADER = "seriesCode,asOfDate,value,versionTag\n"
LIMIT = 1_000_000


def _read(text: str) -> list[tuple[int, list[str]]]:
    assert check_file(text, max_bytes=LIMIT) == len(list(read_records(text)))
    return list(read_records(text))


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = HEADER + 'a,b,c,d\n\n  \t\n"multi\nline",b,c,d\ne,f\n'

    assert _read(text) == [(2, ["a", "b", "c", "d"]), (5, ["multi\nline", "b", "c", "d"]), (7, ["e", "f"])]


def test_the_header_may_be_padded_quoted_and_late() -> None:
    assert _read('\ufeff\r\n"seriesCode",asOfDate,value,versionTag') == []
    assert _read("\n seriesCode , asOfDate ,value,versionTag\r\na,b,c,d") == [(3, ["a", "b", "c", "d"])]


@pytest.mark.parametrize(
    "header",
    [
        "asOfDate,seriesCode,value,versionTag",
        "seriescode,asOfDate,value,versionTag",
        "seriesCode,asOfDate,value",
        HEADER[:-1] + ",",
    ],
)
def test_another_header_stops_the_file_at_its_line(header: str) -> None:
    with pytest.raises(InvalidHeader) as caught:
        check_file(f"\n{header}\nWTI,2024-01-15,1,FINAL\n", max_bytes=LIMIT)

    assert caught.value.as_json()["line"] == 2


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('a,b,c,d\n"never closed,b,c,d\n', 3),
        ('a,b,c,d\n\n"closed"early,b,c,d\n', 4),
        ("a,b,c\rd\n", 2),
        ("a,b\0,c,d\n", 2),
        (f"{'x' * 200_000},b,c,d\n", 2),
    ],
)
def test_broken_text_stops_the_file_at_the_line_where_the_record_begins(rows: str, line: int) -> None:
    with pytest.raises(InvalidCsv) as caught:
        check_file(HEADER + rows, max_bytes=LIMIT)

    assert caught.value.line == line


@pytest.mark.parametrize("text", ["", "\ufeff", " \r\n\t\n", "\ufeff \n"])
def test_white_space_is_an_empty_file(text: str) -> None:
    with pytest.raises(EmptyCsv) as caught:
        check_file(text, max_bytes=LIMIT)

    assert caught.value.as_json() == {"line": None, "code": "EMPTY_CSV", "message": "The CSV is empty"}


def test_the_limit_counts_bytes_and_is_itself_allowed() -> None:
    text = HEADER + "ü,2024-01-15,1,FINAL\n"
    size = len(text.encode())

    assert check_file(text, max_bytes=size) == 1
    with pytest.raises(CsvTooLarge):
        check_file(text, max_bytes=size - 1)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (HEADER.encode() + b"W\xff,2024-01-15,1,FINAL\n", InvalidCsv),
        (HEADER + "W\ud800,2024-01-15,1,FINAL\n", InvalidCsv),
        (HEADER + "W\0,2024-01-15,1,FINAL\n", InvalidCsv),
        (b"", EmptyCsv),
        (b"x" * 2_000, CsvTooLarge),
        ("ü" * 600, CsvTooLarge),
    ],
)
def test_what_is_no_storable_text_is_refused_at_the_door(content: str | bytes, fault: type[FileFault]) -> None:
    with pytest.raises(fault) as caught:
        decode(content, max_bytes=1_000)

    assert caught.value.line == (2 if fault is InvalidCsv else None)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.lists(cells.map(lambda cell: f"x{cell}"), min_size=2, max_size=6), max_size=20))
def test_every_quoted_cell_comes_back_as_it_is(rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]

    assert [found for _, found in _read(HEADER + "\n".join(quoted))] == rows


@given(st.lists(st.integers(min_value=0, max_value=3), min_size=1, max_size=50), st.sampled_from(["\n", "\r\n"]))
def test_blank_lines_shift_the_numbers_and_nothing_else(gaps: list[int], end: str) -> None:
    text = HEADER.replace("\n", end) + "".join(end * gap + f"a,b,c,{place}{end}" for place, gap in enumerate(gaps))
    lines = [1 + sum(gaps[: place + 1]) + place + 1 for place in range(len(gaps))]

    assert _read(text) == [(line, ["a", "b", "c", str(place)]) for place, line in enumerate(lines)]


def test_a_long_file_is_read_in_slices_without_a_seam() -> None:
    rows = [[f"S{n}", "2024-01-15", "1" * (n % 90), "FINAL"] for n in range(5_000)]

    found = _read(HEADER + "".join(",".join(row) + "\n" for row in rows))

    assert found == [(line, row) for line, row in enumerate(rows, start=2)]
