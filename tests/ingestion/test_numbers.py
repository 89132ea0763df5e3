"""Numbers: one text for each, exact, cut only at the end."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, FloatOperation, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import NotANumber
from ingestion.numbers import CONTEXT, cut, dec, money, plain, read_number

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal(-(10**20)), max_value=Decimal(10**20))
number_texts = st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", fullmatch=True)


@given(numbers)
def test_the_plain_form_reads_back_as_the_same_number(number: Decimal) -> None:
    assert Decimal(plain(number)) == number


@given(numbers)
def test_equal_numbers_have_one_plain_form(number: Decimal) -> None:
    text = plain(number)

    padded = Decimal(f"{text}00" if "." in text else f"{text}.00")

    assert plain(padded) == text


@given(numbers)
def test_a_plain_form_has_no_ornaments(number: Decimal) -> None:
    text = plain(number)

    assert not set(text) & set("eE+ ")
    assert text != "-0"
    assert "." not in text or text[-1] not in "0."


@given(number_texts)
def test_cutting_is_rounding_half_to_even_to_twelve_places(text: str) -> None:
    exact = Fraction(text) * 10**12

    assert Fraction(cut(Decimal(text))) * 10**12 == round(exact)  # Fraction's round is half to even


@given(number_texts)
def test_cutting_twice_is_cutting_once(text: str) -> None:
    once = cut(Decimal(text))

    assert cut(once) == once
    assert dec(once) == dec(Decimal(text))


def test_no_number_is_too_large_to_cut() -> None:
    assert dec(Decimal("1e400")) == "1" + "0" * 400


@given(number_texts)
def test_a_number_text_means_what_it_says(text: str) -> None:
    assert read_number(text) == Decimal(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_as_its_shortest_decimal(number: float) -> None:
    assert float(read_number(number)) == number
    assert read_number(number) == Decimal(repr(number))


@pytest.mark.parametrize(
    "value",
    [
        *(True, None, [], {}),
        *("", "abc", "1e5", "+1", "1.", ".5", " 1", "1\n", "١", "NaN"),
        *(float("nan"), float("inf")),
        *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e999999")),
    ],
)
def test_other_values_are_no_numbers(value: Any) -> None:
    with pytest.raises(NotANumber):
        read_number(value)


@pytest.mark.parametrize(("value", "expected"), [(5, "5"), (Decimal("1e5"), "100000"), (0.1, "0.1"), (-0.0, "0")])
def test_json_numbers_are_numbers(value: Any, expected: str) -> None:
    assert plain(read_number(value)) == expected


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [("0.0345", "USD", "0.0345"), ("1260.5", "JPY", "1260.5"), ("7", "KWD", "7.000"), ("-0.004", "CLP", "-0.004")],
)
def test_money_is_padded_and_never_shortened(value: str, currency: str, text: str) -> None:
    assert money(Decimal(value), currency) == text


def test_the_context_refuses_floats_and_divides_with_34_digits() -> None:
    with localcontext(CONTEXT) as context:
        assert context.rounding == ROUND_HALF_EVEN
        assert Decimal(1) / 3 == Decimal("0." + "3" * 34)
        with pytest.raises(FloatOperation):
            Decimal(1) + Decimal(0.5)  # noqa: RUF032 (the mistake itself)
