"""What a price-math PDF says, and on which page."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.pricemath.values import Step
from tests.reports.values import MADE_AT, item, pages, pdf


def test_the_first_page_sums_up_the_batch_and_each_item_has_a_page_of_its_own() -> None:
    first, *others = pages(pdf(item(sku="A"), item(sku="B"), item(sku="C"), items_total=4, items_failed=1))

    assert "Acme" in first
    assert "Price Math Report" in first
    assert "Generated: 2024-01-17T10:30:00.123Z" in first
    for text in ("Brent with collar (version 3)", "2024-01-15", "FINAL", "COMPLETED", "Not approved"):
        assert text in first
    assert [text for text in others if "Calculation" in text] == others
    assert ["A - Crude Oil" in others[0], "B - Crude Oil" in others[1], "C - Crude Oil" in others[2]] == [True] * 3


def test_every_page_has_the_batch_and_its_number_at_its_foot() -> None:
    texts = pages(pdf(item(sku="A"), item(sku="B", steps=item().steps * 60)))

    assert len(texts) > 3
    for number, text in enumerate(texts, start=1):
        assert text.rstrip().endswith(f"Batch ID: b-1 | Page {number} of {len(texts)}")


def test_an_item_shows_its_prices_and_its_numbered_steps() -> None:
    page = pages(pdf(item()))[1]

    for text in (
        "OIL-001 - Crude Oil",
        "Contract: Q4 Contract",
        "Base Price: USD 100.00 per bbl",
        "Step 1: Factor: 1.05 -> 1.05",
        "Step 2: Combine: multiply -> 115.5",
        "Adjusted Price: USD 115.50",
    ):
        assert text in page
    assert "OVERRIDDEN" not in page
    assert "APPROVED" not in page


def test_an_override_shows_its_reason_and_the_price_before() -> None:
    page = pages(
        pdf(
            item(
                adjusted_price=Decimal(120),
                is_approved=True,
                is_overridden=True,
                override_reason="Agreed by phone",
                original_price=Decimal("115.5"),
            )
        )
    )[1]

    assert "Adjusted Price: USD 120.00" in page
    assert "OVERRIDDEN: Agreed by phone" in page
    assert "Original Price: USD 115.50" in page
    assert "APPROVED" in page


def test_an_approved_batch_names_who_approved_it_and_when() -> None:
    first = pages(pdf(item(), approved_by="jane.doe", approved_at=datetime(2024, 1, 16, 9, tzinfo=UTC)))[0]

    assert "jane.doe" in first
    assert "2024-01-16T09:00:00.000Z" in first
    assert "Not approved" not in first


def test_fill_forward_notices_stand_on_the_page_of_their_item() -> None:
    first, one, two = pages(pdf(item(warnings=("WTI has no value on 2024-01-15",)), item()))

    assert "WTI has no value" in one
    assert "WTI has no value" not in first + two


@pytest.mark.parametrize("name", ["Сырая нефть", "Αργό πετρέλαιο", "原油価格", "원유", "Đường trắng", "Gaz » 5 €"])
def test_names_of_any_of_the_covered_scripts_can_be_read_and_copied(name: str) -> None:
    first, page = pages(pdf(item(item_name=name), tenant_name=name))

    assert name in first
    assert name in page


def test_all_fonts_are_embedded_as_subsets() -> None:
    content = pdf(item(item_name="原油 oil"))

    fonts = {
        name: font.get_object()
        for page in PdfReader(BytesIO(content)).pages
        for name, font in page["/Resources"]["/Font"].items()  # type: ignore[index]
    }
    assert {str(font["/BaseFont"]).split("+")[-1] for font in fonts.values()} == {
        "DejaVuSans",
        "DejaVuSans-Bold",
        "DroidSansFallback",
    }
    for font in fonts.values():
        assert "/FontFile2" in font["/FontDescriptor"]
    assert len(content) < 100_000


def test_long_step_lists_flow_onto_pages_that_name_the_item() -> None:
    steps = tuple(Step(operation="factor", description=f"Factor: {n}", output=str(n)) for n in range(1, 91))

    texts = pages(pdf(item(steps=steps), item(sku="NEXT")))

    listed = [n for n in range(1, 91) if any(f"Step {n}: Factor: {n} -> {n}" in text for text in texts)]
    assert listed == list(range(1, 91))
    assert "OIL-001 - Crude Oil (continued)" in texts[2]
    assert texts[-1].startswith("Contract: Q4 Contract\nNEXT - Crude Oil")


def test_texts_that_are_too_long_wrap_and_lose_nothing() -> None:
    reason = "because " * 900
    name = "x" * 500

    texts = pages(pdf(item(item_name=name, is_overridden=True, override_reason=reason)))

    text = "".join(texts[1:])
    assert text.count("because") == 900
    assert text.replace("\n", "").replace("(continued)", "").count(name) >= 1


def test_a_small_batch_lists_its_prices_on_the_first_page_and_a_large_one_does_not() -> None:
    few = pages(pdf(*(item(sku=f"SKU-{n:02}") for n in range(8))))[0]
    many = pages(pdf(*(item(sku=f"SKU-{n:02}") for n in range(40))))[0]

    assert all(f"SKU-{n:02}" in few for n in range(8))
    assert "+15.50 %" in few
    assert "SKU-00" not in many


def test_the_document_knows_its_title_its_time_and_its_items() -> None:
    reader = PdfReader(BytesIO(pdf(item(sku="A"), item(sku="B"))))

    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Price Math Report", "Acme")
    assert reader.metadata.creation_date == MADE_AT.replace(microsecond=0)
    assert [(entry["/Title"], reader.get_destination_page_number(entry)) for entry in reader.outline] == [  # type: ignore[arg-type, call-overload]
        ("A - Crude Oil", 1),
        ("B - Crude Oil", 2),
    ]
