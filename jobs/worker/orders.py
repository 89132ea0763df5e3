"""What operators have told a worker process: by its inbox at once, by its row at every beat."""

from __future__ import annotations

from threading import Event

from django.db.backends.base.base import BaseDatabaseWrapper

from jobs.rows.process import read_orders
from jobs.worker.cancellations import Cancellations


class Orders:
    """`paused`: start nothing; `stopped`: end and let none take the place; `cancellations` of running jobs."""

    def __init__(self) -> None:
        self.paused, self.stopped = Event(), Event()
        self.cancellations = Cancellations()

    def idle(self) -> bool:
        """Tell whether nothing more may start."""
        return self.paused.is_set() or self.stopped.is_set()

    def obey(self, order: str) -> None:
        """Take an order from the inbox."""
        word, _, argument = order.partition(":")
        if word == "pause":
            self.paused.set()
        elif word == "resume":
            self.paused.clear()
        elif word == "stop":
            self.stopped.set()
        elif word == "cancel":
            self.cancellations.ask([argument])

    def read(self, connection: BaseDatabaseWrapper, process: str) -> None:
        """Go by the row, where an order was lost."""
        paused, stopped = read_orders(connection, process)
        (self.paused.set if paused else self.paused.clear)()
        if stopped:
            self.stopped.set()
