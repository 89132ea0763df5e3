"""Reads and writes job filters as people type them: `queue:reports state:failed,cancelled attempts>2 since:2h`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import Enum, auto
from typing import Any, Final

from jobs.errors import InvalidFilter, InvalidOption
from jobs.job_filter import JobFilter
from jobs.masking import sensitive

MOST_CHARACTERS: Final = 2_000
MOST_MILLISECONDS: Final = 9_999 * 86_400_000
PAYLOAD: Final = "payload."
"""What stands before a dotted path into the payload."""


class Kind(Enum):
    """What a word's values look like, and which signs it takes."""

    TEXT = auto()
    LIST = auto()
    COUNT = auto()
    SPAN = auto()
    TIME = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the language: the condition (or pair of them) of JobFilter that it sets."""

    kind: Kind
    sets: str
    example: str
    help: str


WORDS: Final[Mapping[str, Word]] = {
    "queue": Word(kind=Kind.TEXT, sets="queue", example="queue:calculation", help="of this queue"),
    "state": Word(kind=Kind.LIST, sets="states", example="state:failed,cancelled", help="in one of these states"),
    "actor": Word(kind=Kind.TEXT, sets="actor", example="actor:process-calculation", help="of this actor"),
    "tenant": Word(kind=Kind.LIST, sets="tenants", example="tenant:acme", help='of these tenants; "" is of none'),
    "job": Word(kind=Kind.TEXT, sets="job_id", example="job:calc-acme-*", help="with this job id, or beginning"),
    "id": Word(kind=Kind.LIST, sets="ids", example="id:019…", help="with one of these UUIDs"),
    "type": Word(kind=Kind.TEXT, sets="error_type", example="type:TimeoutError", help="failed with this error"),
    "error": Word(kind=Kind.TEXT, sets="error_contains", example='error:"timed out"', help="the error has this in it"),
    "group": Word(kind=Kind.TEXT, sets="fingerprint", example="group:9f2c…", help="of this group of dead letters"),
    "attempts": Word(kind=Kind.COUNT, sets="attempts", example="attempts>2", help="started so often"),
    "priority": Word(kind=Kind.COUNT, sets="priority", example="priority>=100", help="of this priority"),
    "waited": Word(kind=Kind.SPAN, sets="waited", example="waited>5m", help="waited for so long after it was due"),
    "ran": Word(
        kind=Kind.SPAN, sets="ran", example="ran>1h30m", help="the last run took so long, until now or its end"
    ),
    "since": Word(
        kind=Kind.TIME, sets="since", example="since:2h", help="created so long ago at most, or since a time"
    ),
    "until": Word(kind=Kind.TIME, sets="until", example="until:2024-01-15", help="created before"),
}
"""All words but `payload.…`, which takes any path."""

_UNITS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_SPAN = re.compile(r"(?:\d{1,9}(?:ms|[dhms])){1,5}", re.ASCII)
_PART = re.compile(r"(\d+)(ms|[dhms])")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_VALUE = rf'(?:{_QUOTED}|[^\s",]+)'
_TERM = re.compile(rf"(?P<name>[^\s:<>=\"]+)(?P<sign>:|>=|<=|>|<)(?P<values>{_VALUE}(?:,{_VALUE})*)(?=\s|$)", re.DOTALL)
_SIGNS: Final = {
    Kind.TEXT: (":",),
    Kind.LIST: (":",),
    Kind.TIME: (":",),
    Kind.COUNT: (":", ">", ">=", "<", "<="),
    Kind.SPAN: (">", "<"),
}


class _Fault(Exception):
    """Raised when a term cannot be read; `parse` adds its place."""


def parse(text: str, *, now: datetime) -> JobFilter:
    """Return the filter that a text means; spans before `now` become times. Raises InvalidFilter with the place."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidFilter(f"More than {MOST_CHARACTERS} characters", position=MOST_CHARACTERS)
    if bad := re.search("[\0\ud800-\udfff]", text):
        raise InvalidFilter("A character that no database keeps", position=bad.start())
    given: dict[str, Any] = {}
    place = 0
    try:
        for place, name, sign, values in _terms(text):  # noqa: B007  # read where a fault is told
            if name.startswith(PAYLOAD):
                given["payload"] = (*given.get("payload", ()), _payload(name, sign, values))
            else:
                _set(given, name, _conditions(name, sign, values, now=now))
        place = 0
        return JobFilter(**given)
    except (_Fault, InvalidOption) as fault:
        raise InvalidFilter(str(fault), position=place) from None


def write(wanted: JobFilter) -> str:
    """Return the shortest text that `parse` reads as this filter. Raises InvalidOption for an empty list."""
    terms = []
    for name, word in WORDS.items():
        terms += [name + rest for rest in _written(wanted, word)]
    terms += [f"{PAYLOAD}{path}:{_quote(value)}" for path, value in wanted.payload or ()]
    return " ".join(terms)


def _terms(text: str) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield place, name, sign and values of each term."""
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        term = _TERM.match(text, position)
        if term is None:
            rest = text[position:].split(maxsplit=1)[0]
            raise InvalidFilter(f"{rest!r} is no condition; write one as {WORDS['error'].example}", position=position)
        yield position, term["name"], term["sign"], [_unquote(value) for value in re.findall(_VALUE, term["values"])]
        position = term.end()


def _set(given: dict[str, Any], name: str, conditions: Iterable[tuple[str, Any]]) -> None:
    for condition, value in conditions:
        if condition in given:
            several = isinstance(value, tuple)
            raise _Fault(f"{name!r} is given twice" + (": part its values by commas" if several else ""))
        given[condition] = value


def _conditions(name: str, sign: str, values: list[str], *, now: datetime) -> Iterable[tuple[str, Any]]:
    """Return the conditions that a term sets."""
    word = _word(name)
    if sign not in _SIGNS[word.kind]:
        raise _Fault(f"{name!r} goes with {' '.join(_SIGNS[word.kind])}, as in {word.example}")
    if word.kind is Kind.LIST:
        return [(word.sets, tuple(values))]
    if len(values) > 1:
        raise _Fault(f"{name!r} takes one value; put a text with commas between quotes")
    value = values[0]
    if word.kind is Kind.TIME:
        return [(word.sets, _time(value, now))]
    if word.kind is Kind.SPAN:
        return [(f"{word.sets}_{'over' if sign == '>' else 'under'}", _span(value))]
    if word.kind is Kind.COUNT:
        return [(f"{word.sets}_{end}", bound) for end, bound in _bounds(sign, value)]
    return [(word.sets, value)]


def _word(name: str) -> Word:
    if name not in WORDS:
        near = get_close_matches(name, [*WORDS, "payload.…"], 1)
        raise _Fault(f"Unknown word {name!r}" + (f"; {near[0]!r} is one" if near else ""))
    return WORDS[name]


def _bounds(sign: str, text: str) -> Iterator[tuple[str, int]]:
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise _Fault(f"{text!r} is no whole number")
    if sign in {":", ">", ">="}:
        yield "from", int(text) + (sign == ">")
    if sign in {":", "<", "<="}:
        yield "to", int(text) - (sign == "<")


def _payload(name: str, sign: str, values: list[str]) -> tuple[str, str]:
    path = name.removeprefix(PAYLOAD)
    if sign != ":" or len(values) > 1:
        raise _Fault(f"{name!r} goes with one value, as in payload.batchId:42")
    if not all(path.split(".")):
        raise _Fault(f"{name!r} names no value; write payload.batchId or payload.options.format")
    if sensitive(path):  # it could be guessed letter by letter
        raise _Fault(f"{name!r} is masked, so it cannot be searched for")
    return path, values[0]


def _span(text: str) -> timedelta:
    if not _SPAN.fullmatch(text):
        raise _Fault(f"{text!r} is no span; write one as 90s, 5m, 1h30m or 7d")
    milliseconds = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if milliseconds > MOST_MILLISECONDS:  # databases run out of years
        raise _Fault(f"{text!r} is too long; 9999d is the longest span")
    return timedelta(milliseconds=milliseconds)


def _time(text: str, now: datetime) -> datetime:
    try:
        if _SPAN.fullmatch(text):
            return now - _span(text)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Fault(f"{text!r} is no time; write 2h for two hours ago, or 2024-01-15T10:30") from None


def _written(wanted: JobFilter, word: Word) -> Iterator[str]:
    """Yield sign and value of the terms that one word needs."""
    if word.kind is Kind.COUNT:
        least, most = getattr(wanted, f"{word.sets}_from"), getattr(wanted, f"{word.sets}_to")
        if least is not None and least == most:
            yield f":{least}"
            return
        yield from (f"{sign}{bound}" for sign, bound in ((">=", least), ("<=", most)) if bound is not None)
        return
    if word.kind is Kind.SPAN:
        for sign, end in ((">", "over"), ("<", "under")):
            span = getattr(wanted, f"{word.sets}_{end}")
            if span is not None:
                yield f"{sign}{_span_text(span)}"
        return
    value = getattr(wanted, word.sets)
    if value is None:
        return
    if value == ():
        raise InvalidOption(word.sets, value, "at least one value")
    if isinstance(value, datetime):
        yield f":{value.astimezone(UTC).isoformat().removesuffix('+00:00')}Z"
        return
    yield ":" + (",".join(map(_quote, value)) if isinstance(value, tuple) else _quote(value))


def _span_text(span: timedelta) -> str:
    left = span // timedelta(milliseconds=1)
    parts = []
    for unit, size in _UNITS.items():
        number, left = divmod(left, size)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"


def _quote(text: str) -> str:
    if re.fullmatch(r'[^\s",\\]+', text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquote(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL) if value.startswith('"') else value
