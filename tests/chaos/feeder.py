"""Enqueues small batches steadily from a thread of its own, whatever happens to the servers."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence

from django.db import connections

from tests.chaos.actors import Work
from tests.chaos.world import World


class Feeder(threading.Thread):
    """Runs until stopped; its keys are its own, so that it needs nothing of the row's chance."""

    def __init__(
        self,
        world: World,
        *,
        every_s: float = 0.05,
        failures: int = 0,
        name: str = "fed",
        delays: Sequence[int | None] = (None, None, 200, 1_500),
        priority: int = 0,
    ) -> None:
        super().__init__(name="feeder", daemon=True)
        self.world, self.every_s, self.failures, self.prefix = world, every_s, failures, name
        self.delays, self.priority = delays, priority
        self.slowest_s = 0.0
        self._stopped = threading.Event()
        self._random = random.Random(world.seed + 1)

    def run(self) -> None:
        """Enqueue one to eight jobs, rest, again."""
        number = 0
        while not self._stopped.wait(self.every_s):
            count = self._random.randint(1, 8)
            payloads = [
                Work(
                    ledger=self.world.ledger,
                    key=f"{self.prefix}-{number + n:05d}",
                    ms=self._random.randint(0, 40),
                    failures=self.failures,
                )
                for n in range(count)
            ]
            number += count
            begun = time.monotonic()
            self.world.enqueue(payloads, delay=self._random.choice(self.delays), priority=self.priority)
            self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
        connections.close_all()

    def stop(self) -> None:
        """End after the present batch."""
        self._stopped.set()
        self.join(30)
