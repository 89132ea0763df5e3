"""How texts are broken into lines."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from reports.pdf.fonts import text_width
from reports.pdf.text import Line, Span, clean, shorten, wrap

TEXTS = st.text(st.characters(codec="utf-8"), max_size=200)


def text_of(line: Line) -> str:
    return "".join(piece.text for piece in line)


def width_of(line: Line) -> float:
    return sum(text_width(piece.text, piece.size, bold="Bold" in piece.font) for piece in line)


@given(TEXTS, st.floats(30, 600))
@example("\t00U\x1b", 30.0)  # the word behind the space is itself wider than the line
def test_no_line_is_wider_than_asked_for(text: str, width: float) -> None:
    assert all(width_of(line) <= width + 1e-6 for line in wrap([Span(text)], width))


@given(TEXTS, st.floats(30, 600))
def test_only_spaces_are_lost_where_lines_end(text: str, width: float) -> None:
    whole = wrap([Span(text)], float("inf"))

    lines = wrap([Span(text)], width)

    assert "".join(map(text_of, lines)).replace(" ", "") == "".join(map(text_of, whole)).replace(" ", "")


def test_lines_end_at_spaces_and_words_wider_than_a_line_are_cut() -> None:
    lines = [text_of(line) for line in wrap([Span("one two three " + "x" * 30)], text_width("one two th", 10))]

    assert lines[:3] == ["one two", "three", "x" * len(lines[2])]
    assert "".join(lines[2:]) == "x" * 30


def test_chinese_may_be_broken_between_any_two_signs() -> None:
    lines = [text_of(line) for line in wrap([Span("原油価格調整")], text_width("原油価格", 10))]

    assert lines == ["原油価格", "調整"]


def test_line_breaks_of_the_text_are_kept() -> None:
    assert [text_of(line) for line in wrap([Span("a\r\n\nb")], 100)] == ["a", "", "b"]


def test_several_styles_share_a_line() -> None:
    (line,) = wrap([Span("Step 1: ", bold=True), Span("Factor")], 400)

    assert [(piece.text, piece.font) for piece in line] == [("Step 1: ", "DejaVuSans-Bold"), ("Factor", "DejaVuSans")]


def test_controls_become_visible_and_direction_marks_are_dropped() -> None:
    assert clean("a\x00b\tc\u202ed\u00a0e") == "a\N{REPLACEMENT CHARACTER}b cd e"


def test_letters_with_marks_are_composed_so_that_one_glyph_draws_them() -> None:
    assert clean("o\u0308") == "ö"


def test_a_shortened_text_ends_with_an_ellipsis_and_fits() -> None:
    shown = shorten("a long name of an item", 60, 10)

    assert shown.endswith("…")
    assert text_width(shown, 10) <= 60
    assert shorten("short", 60, 10) == "short"
