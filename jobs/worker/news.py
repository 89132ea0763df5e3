"""What has been committed and Redis does not know yet: acknowledgements first, then the events that tell of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.publish import publish
from jobs.worker.recorder import Acknowledgement


class News:
    """Filled by any thread, emptied by the I/O thread."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._waiting: deque[Acknowledgement] = deque()
        self._events: list[tuple[str, str, str]] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, news: Acknowledgement) -> None:
        """Take what a flush or a look at the rows has brought."""
        self._waiting.append(news)

    def put_back(self, news: Acknowledgement) -> None:
        """Take back what Redis did not answer to: repeating an acknowledgement does no harm."""
        self._waiting.appendleft(news)

    def gather(self) -> Acknowledgement:
        """Return all that waits as one; its events wait for `announce`."""
        news = Acknowledgement()
        while self._waiting:
            news.merge(self._waiting.popleft())
        self.tell(news.events)
        news.events.clear()
        return news

    def tell(self, events: Iterable[tuple[str, str, str]]) -> None:
        """Add (job's id, event, queue) to what is announced next."""
        self._events.extend(events)

    def announce(self) -> None:
        """Publish what has been committed; what Redis does not take is published with the next turn."""
        if self._events:
            publish(self._dispatcher, self._events)
            self._events.clear()
