"""What spreadsheets get."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import AuditEntry
from reports.auditlog.entries_csv import audit_csv
from reports.pricemath.detailed_csv import detailed_csv
from reports.pricemath.summary_csv import summary_csv
from reports.pricemath.values import Step, in_order
from reports.records import guard, records
from tests.reports.values import MADE_AT, item


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_would_start_a_formula_gets_an_apostrophe(start: str) -> None:
    text = f"{start}SUM(A1)"

    (row,) = csv.reader(StringIO(b"".join(summary_csv([item(sku=text)])).decode().partition("\r\n")[2], newline=""))

    assert row[0] == f"'{text}"


def test_negative_numbers_are_numbers() -> None:
    cheap = item(
        base_price=Decimal("-37.63"),
        adjusted_price=Decimal(-1),
        steps=(Step(operation="factor", description="Factor: -1", output="-1"),),
    )

    assert b",-37.63,USD,-1.00,USD," in b"".join(summary_csv([cheap]))
    assert b",Factor: -1,-1,-37.63,-1.00," in b"".join(detailed_csv([cheap]))


def test_prices_are_padded_to_their_currency_and_never_cut() -> None:
    lines = b"".join(
        summary_csv(
            [
                item(base_currency="JPY", base_price=Decimal("1260.5"), adjusted_price=Decimal("0.0345")),
                item(base_currency="BHD", base_price=Decimal(1)),
            ]
        )
    ).decode()

    assert ",1260.5,JPY,0.0345,USD," in lines
    assert ",1.000,BHD," in lines


def test_quotes_stand_only_where_needed() -> None:
    lines = b"".join(records(("a", "b"), [('say "x"', "1,5"), ("plain text", "two\nlines")]))

    assert lines == b'a,b\r\n"say ""x""","1,5"\r\nplain text,"two\nlines"\r\n'


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))), max_size=5))
def test_what_is_written_can_be_read_back(rows: list[tuple[str, str]]) -> None:
    text = b"".join(records(("a", "b"), rows)).decode()

    assert [tuple(row) for row in csv.reader(StringIO(text, newline=""))] == [("a", "b"), *rows]


@given(st.text())
def test_a_guarded_text_never_starts_a_formula(text: str) -> None:
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_items_stand_in_the_order_of_sku_contract_and_id() -> None:
    items = [
        item(sku="b", contract_name="A", item_id="1"),
        item(sku="B", contract_name="Z", item_id="2"),
        item(sku="B", contract_name="A", item_id="4"),
        item(sku="B", contract_name="A", item_id="3"),
    ]

    assert [one.item_id for one in in_order(items)] == ["3", "4", "2", "1"]


def test_audit_records_hold_json_and_are_guarded() -> None:
    entry = AuditEntry(
        id="e1",
        tenant_id="t",
        user_id="=cmd",
        action="OVERRIDE",
        entity_type="CALC_RESULT",
        entity_id="r1",
        created_at=MADE_AT,
        changes={"b": "2", "a": {"é": None}},
    )

    assert b"".join(audit_csv([entry])).decode() == (
        "createdAt,action,entityType,entityId,userId,correlationId,changes,metadata,ipAddress,userAgent\r\n"
        '2024-01-17T10:30:00.123Z,OVERRIDE,CALC_RESULT,r1,\'=cmd,,"{""a"":{""é"":null},""b"":""2""}",,,\r\n'
    )
