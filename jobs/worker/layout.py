"""Whether this Redis is laid out as this release lays it out."""

from __future__ import annotations

import logging

from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.schema import SchemaMismatch, agree

logger = logging.getLogger("jobs.worker")


class Layout:
    """What the last look at Redis' version has found; raises `redis.RedisError` when Redis does not answer."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self.foreign = False

    def look(self) -> bool:
        """Tell whether Redis speaks another version than we do; said once."""
        try:
            agree(self._dispatcher.client, prefix=self._dispatcher.prefix)
        except SchemaMismatch as error:
            if not self.foreign:
                logger.error("Nothing is taken: %s", error)  # noqa: TRY400  # the message says all
            self.foreign = True
        else:
            self.foreign = False
        return self.foreign
