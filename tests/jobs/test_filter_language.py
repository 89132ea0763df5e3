"""The filter language: what people type, what is meant by it, and that both are the same to the letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import InvalidFilter, InvalidOption
from jobs.filter_language import WORDS, parse, write
from jobs.job_filter import JobFilter
from jobs.masking import sensitive
from jobs.services.select import select
from jobs.states import State
from tests.documents import DOCS, Block, python_blocks, run_block
from tests.jobs.rows import a_job

NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)

TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
COUNTS = st.none() | st.integers(-9_999, 9_999)
SPANS = st.none() | st.integers(0, 8 * 10**11).map(lambda ms: timedelta(milliseconds=ms))
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))
PATHS = st.from_regex(r"[a-zA-Z_]{1,8}(\.[a-z0-9]{1,4}){0,2}", fullmatch=True).filter(lambda path: not sensitive(path))

FILTERS = st.builds(
    JobFilter,
    queue=TEXTS,
    states=st.none() | st.lists(st.sampled_from([s.value for s in State]), min_size=1).map(tuple),
    actor=TEXTS,
    job_id=TEXTS,
    tenants=st.none() | st.lists(st.text(st.characters(codec="ascii", exclude_characters="\0")), min_size=1).map(tuple),
    error_type=TEXTS,
    error_contains=TEXTS,
    ids=st.none() | st.lists(st.uuids().map(str), min_size=1, max_size=3).map(tuple),
    since=MOMENTS,
    until=MOMENTS,
    attempts_from=COUNTS,
    attempts_to=COUNTS,
    priority_from=COUNTS,
    waited_over=SPANS,
    ran_under=SPANS,
    payload=st.none() | st.lists(st.tuples(PATHS, TEXTS.map(str)), min_size=1, max_size=2).map(tuple),
)


@given(FILTERS)
def test_a_filter_that_is_written_reads_as_itself(wanted: JobFilter) -> None:
    assert parse(write(wanted), now=NOW) == wanted


@given(
    st.text()
    | st.lists(st.sampled_from([*WORDS, "payload.", ":", ">", '"', "\\", ",", " ", "5m", "failed"])).map("".join)
)
def test_any_text_is_a_filter_or_a_fault_with_its_place(text: str) -> None:
    try:
        wanted = parse(text, now=NOW)
    except InvalidFilter as refused:
        place = refused.position
    else:
        place = 0
        assert parse(write(wanted), now=NOW) == wanted

    assert 0 <= place <= len(text)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("", {}),
        ("  queue:calculation  state:failed,cancelled ", {"queue": "calculation", "states": ("failed", "cancelled")}),
        ('error:"timed out" type:TimeoutError', {"error_contains": "timed out", "error_type": "TimeoutError"}),
        ('tenant:acme,""', {"tenants": ("acme", "")}),
        ("attempts>2 attempts<=5", {"attempts_from": 3, "attempts_to": 5}),
        ("attempts:3 priority>=100", {"attempts_from": 3, "attempts_to": 3, "priority_from": 100}),
        ("waited>5m ran<1h30m", {"waited_over": timedelta(minutes=5), "ran_under": timedelta(minutes=90)}),
        ("since:2h until:2024-01-15", {"since": NOW - timedelta(hours=2), "until": datetime(2024, 1, 15, tzinfo=UTC)}),
        ("since:2024-01-15T10:30:00+02:00", {"since": datetime(2024, 1, 15, 8, 30, tzinfo=UTC)}),
        ("payload.batchId:42 payload.a.b:x", {"payload": (("batchId", "42"), ("a.b", "x"))}),
    ],
)
def test_the_filter_language_means(text: str, conditions: dict[str, Any]) -> None:
    assert parse(text, now=NOW) == JobFilter(**conditions)


@pytest.mark.parametrize(
    ("text", "says", "position"),
    [
        ("quue:reports", "'queue' is one", 0),
        ("state:failed timeout", "'timeout' is no condition", 13),
        ("state:lost", "one of waiting", 0),
        ("state:failed state:waiting", "by commas", 13),
        ("attempts:many", "no whole number", 0),
        ("waited:5m", "waited>5m", 0),
        ("since:yesterday", "no time", 0),
        ("since:999999999d", "too long", 0),
        ("ran>9999d1s", "too long", 0),
        ("queue:a,b", "takes one value", 0),
        ("queue:", "no condition", 0),
        ('error:"open', "no condition", 0),
        ("payload.a..b:1", "names no value", 0),
        ("payload.apiKey:a", "masked", 0),
        ("queue:a\0", "no database", 7),
        ("x" * 2_001, "2000 characters", 2_000),
    ],
)
def test_a_fault_in_a_filter_says_what_to_write(text: str, says: str, position: int) -> None:
    with pytest.raises(InvalidFilter, match=says) as refused:
        parse(text, now=NOW)

    assert refused.value.position == position


def test_a_filter_that_nothing_matches_has_no_text() -> None:
    with pytest.raises(InvalidOption):
        write(JobFilter(tenants=()))


@pytest.mark.parametrize("word", WORDS.values(), ids=list(WORDS))
def test_every_word_s_example_is_a_filter(word: Any) -> None:
    assert parse(word.example.replace("019…", "0191f0c5-0000-7000-8000-000000000000"), now=NOW) != JobFilter()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "job:calc-acme-1",
        "job:calc-a*",
        "priority>10",
        "waited>1h state:failed",
        "waited<3h ran>9m",
        "ran>9m ran<11m",
        "payload.batchId:b-1",
        "payload.page:7 payload.deep.flag:true payload.price:1.5",
        "payload.nothing:null",
        "payload.deep.isnull:x",
    ],
)
def test_the_filter_language_selects_what_it_says(text: str) -> None:
    a_job(State.WAITING, payload={"deep": {"flag": False, "isnull": "y"}})
    wanted = a_job(
        State.FAILED,
        job_id="calc-acme-1",
        priority=11,
        run_at=NOW - timedelta(hours=2),
        started_at=NOW,
        finished_at=NOW + timedelta(minutes=10),
        payload={
            "batchId": "b-1",
            "page": 7,
            "price": 1.5,
            "nothing": None,
            "deep": {"flag": True, "isnull": "x"},
        },
    )

    assert [job.pk for job in select(parse(text, now=NOW))] == [wanted.pk]


@pytest.mark.django_db
def test_a_job_that_still_waits_or_runs_is_measured_until_now() -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    waits = a_job(State.WAITING, run_at=long_ago, job_id="w")
    runs = a_job(State.ACTIVE, run_at=long_ago, started_at=long_ago, job_id="r")

    assert [job.pk for job in select(parse("waited>30m", now=NOW))] == [waits.pk]
    assert [job.pk for job in select(parse("ran>30m", now=NOW))] == [runs.pk]


@pytest.mark.parametrize("block", python_blocks("filters.md"), ids=str)
def test_what_the_page_about_the_filter_language_shows_works(block: Block, request: pytest.FixtureRequest) -> None:
    assert run_block(block, "filters.md", request)


def test_the_page_about_the_filter_language_names_every_word() -> None:
    page = (DOCS / "filters.md").read_text()

    assert [word for word in WORDS if f"`{word}" not in page] == []
