"""Publishes what has been committed on the queues' event streams."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.dispatch.dispatcher import Dispatcher

MAX_ENTRIES = 2_000
"""Entries kept a stream; each carries the events of one flush (add.lua keeps to the same number)."""
REMEMBERED_S = 86_400
"""For how long after a listener's last sign the events of `add` are published, too."""


def publish(dispatcher: Dispatcher, events: Sequence[tuple[str, str, str]]) -> None:
    """Publish (job's id, event, queue), one stream entry a queue; readers fetch results and reasons from the rows."""
    by_queue: dict[str, list[tuple[str, str]]] = {}
    for id_, event, queue in events:
        if queue:
            by_queue.setdefault(queue, []).append((id_, event))
    pipe = dispatcher.client.pipeline(transaction=False)
    for queue, pairs in by_queue.items():
        told = ",".join([f'["{id_}","{event}"]' for id_, event in pairs])  # ids and names need no escape
        pipe.xadd(dispatcher.keys(queue).events, {"events": f"[{told}]"}, maxlen=MAX_ENTRIES, approximate=True)
    pipe.execute()


def listen(dispatcher: Dispatcher, queues: Sequence[str]) -> None:
    """Say that somebody listens to queues: from now on `add` publishes what it puts."""
    pipe = dispatcher.client.pipeline(transaction=False)
    for queue in queues:
        pipe.set(dispatcher.keys(queue).listeners, "1", ex=REMEMBERED_S)
    pipe.execute()
