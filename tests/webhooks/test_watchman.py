"""Calls at their time."""

import threading

from webhooks.watchman import Watchman


def test_what_is_due_first_is_called_first() -> None:
    called: list[str] = []
    both, never = threading.Event(), threading.Event()
    watchman = Watchman()

    watchman.call(lambda: called.append("later"), after=0.1, unless=never)
    watchman.call(both.set, after=0.1, unless=never)
    watchman.call(lambda: called.append("sooner"), after=0, unless=never)

    assert both.wait(10)
    assert called == ["sooner", "later"]


def test_what_is_over_is_not_called() -> None:
    called: list[str] = []
    over, end = threading.Event(), threading.Event()
    watchman = Watchman()

    watchman.call(lambda: called.append("over"), after=0.02, unless=over)
    over.set()
    watchman.call(end.set, after=0.05, unless=threading.Event())

    assert end.wait(10)
    assert called == []
