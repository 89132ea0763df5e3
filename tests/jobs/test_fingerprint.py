"""Fingerprints: equal failures, and only these, are equal."""

import traceback

from jobs.fingerprint import fingerprint, own_frames


def deep(message: str, *, lines: int = 0) -> str:
    try:
        if lines:
            int(message)
        int(message)
    except ValueError:
        return traceback.format_exc()
    return ""


def test_the_message_and_the_line_do_not_count() -> None:
    one, other = deep("no price for 2026-01-01"), deep("no price for 2026-01-02", lines=1)

    assert one != other
    assert fingerprint("a", "ValueError", one) == fingerprint("a", "ValueError", other)


def test_actor_error_and_place_count() -> None:
    here = fingerprint("a", "ValueError", deep(""))

    assert len({here, fingerprint("b", "ValueError", deep("")), fingerprint("a", "KeyError", deep(""))}) == 3
    assert here != fingerprint("a", "ValueError", deep("").replace("in deep", "in shallow"))


def test_only_our_own_frames_count() -> None:
    trace = (
        '  File "/x/lib/python3.11/json/decoder.py", line 1, in decode\n  File "/x/reports/make.py", line 2, in draw\n'
    )

    assert own_frames(trace) == ["reports/make.py:draw"]
