"""Stops itself between its commit and its message to Redis: `python -m tests.chaos.caller LEDGER KEY…`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


def main(ledger: str, keys: list[str]) -> None:
    """Enqueue the keys, and stop where the message would be sent; it is sent when somebody lets this process go on."""
    django.setup()
    from jobs import enqueue_many  # noqa: PLC0415  (needs Django)
    from jobs.dispatch.dispatcher import Dispatcher  # noqa: PLC0415
    from tests.chaos.actors import Work  # noqa: PLC0415

    add = Dispatcher.add

    def stop_and_add(*args: Any, **options: Any) -> int:
        os.kill(os.getpid(), signal.SIGSTOP)
        return add(*args, **options)

    Dispatcher.add = stop_and_add  # type: ignore[method-assign]
    enqueue_many([Work(ledger=ledger, key=key) for key in keys])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
