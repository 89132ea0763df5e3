"""The text of events."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from webhooks.errors import MissingFact, UnknownEventType
from webhooks.events import EventType, build_body
from webhooks.ids import new_endpoint_id, new_event_id, new_message_id

AT = datetime(2024, 1, 15, 10, 30, 0, 999_999, tzinfo=UTC)
FACTS = {
    "status": "FAILED",
    "recordCount": 0,
    "versionTag": "PRELIMINARY",
    "asOfDate": date(2024, 1, 15),
    "seriesCode": "Öl",
    "ingestionId": "run-1",
    "errorMessage": None,
}


def body(**changes: object) -> str:
    facts = {**FACTS, **changes}
    return build_body(
        event_type=EventType.INGESTION_COMPLETED, event_id="evt_1_a", timestamp=AT, tenant_id="t", facts=facts
    )


def test_keys_stand_in_the_fixed_order_whatever_the_order_of_the_facts() -> None:
    assert body() == (
        '{"version":"v1","type":"ingestion.completed","eventId":"evt_1_a","timestamp":"2024-01-15T10:30:00.999Z",'
        '"tenantId":"t","data":{"ingestionId":"run-1","seriesCode":"Öl","asOfDate":"2024-01-15",'
        '"versionTag":"prelim","recordCount":0,"status":"FAILED"}}'
    )


def test_facts_that_the_event_does_not_carry_stay_inside() -> None:
    assert "internal" not in body(internal="note")


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    berlin = timezone(timedelta(hours=1))
    facts = {"batchId": "b", "pamId": "p", "pamName": "P", "asOfDate": "2024-01-15", "rejectedBy": "u"}

    text = build_body(
        event_type="calc.batch.rejected",
        event_id="evt_1_a",
        timestamp=AT,
        tenant_id="t",
        facts={**facts, "rejectedAt": datetime(2024, 1, 15, 12, 5, tzinfo=berlin)},
    )

    assert json.loads(text)["data"]["rejectedAt"] == "2024-01-15T11:05:00.000Z"


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(MissingFact, match=r"ingestion\.completed needs seriesCode"):
        body(seriesCode=None)


def test_an_unknown_event_has_no_body() -> None:
    with pytest.raises(UnknownEventType):
        build_body(event_type="tea.ready", event_id="e", timestamp=AT, tenant_id="t", facts={})


def test_identifiers_have_the_documented_shape() -> None:
    assert re.fullmatch(r"ep_[A-Za-z0-9]{24}", new_endpoint_id())
    assert re.fullmatch(r"msg_[A-Za-z0-9]{24}", new_message_id())
    assert re.fullmatch(r"evt_1705314600999_[a-z0-9]{12}", new_event_id(AT))
