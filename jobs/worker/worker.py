"""A worker process: its I/O loop takes, claims and acknowledges; threads run; the recorder writes."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from threading import Event
from typing import Any

import dramatiq
import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections, connections

from jobs.broker import boot
from jobs.claimed import Claimed
from jobs.conf import JobsSettings, jobs_settings
from jobs.dispatch.address import read_address
from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.entries import Exchange, Taken
from jobs.rows.dialect import wrapper
from jobs.worker.appetite import Appetite
from jobs.worker.beat import Beat
from jobs.worker.cluster_waker import ClusterWaker
from jobs.worker.holdings import Holdings
from jobs.worker.lanes import PATIENCE_S, Lanes
from jobs.worker.layout import Layout
from jobs.worker.news import News
from jobs.worker.orders import Orders
from jobs.worker.pool import Pool
from jobs.worker.pulse import Pulse
from jobs.worker.recorder import Acknowledgement, Recorder
from jobs.worker.runner import Runner
from jobs.worker.waker import Waker

logger = logging.getLogger("jobs.worker")
UNSTARTED_S = 0.05
"""A claimed job that no thread has started after this goes back to where others can take it."""


class Worker:
    """One worker process's machinery. `start`, then `stop`; `fenced` tells that it must be replaced."""

    def __init__(
        self,
        broker: dramatiq.Broker,
        *,
        process: str,
        queues: Sequence[str],
        threads: int | None = None,
        pulse: Pulse | None = None,
        conf: JobsSettings | None = None,
    ) -> None:
        self.conf = conf or jobs_settings()
        self.broker, self.process, self.queues = broker, process, list(queues)
        concurrency = {queue: self.conf.queue(queue).concurrency for queue in queues}
        self.threads_wanted = min(sum(concurrency.values()), threads or 10_000)
        self.lease_s, self.pulse = self.conf.lease_s, pulse or Pulse()
        self.lanes = Lanes(
            concurrency,
            threads=self.threads_wanted,
            ahead_ms=self.conf.take_ahead_ms,
            ahead_max=self.conf.take_ahead_max,
        )
        self.recorder = Recorder(process, on_written=self._written, on_tick=self.pulse.recorder_lives)
        beat = Beat(process, busy=self.lanes.running, unrecorded=self.recorder.backlog)
        self.recorder.reports.append(beat.write_if_due)
        self.orders = Orders()
        self.cancellations = self.orders.cancellations
        self.runner = Runner(broker, process=process, reporter=self.recorder, cancelled=self.cancellations.asked)
        self.dispatcher = Dispatcher(settings.REDIS_URL, prefix=self.conf.prefix)
        self.waker = self._make_waker(settings.REDIS_URL)
        self.finished, self.fenced = Event(), Event()
        self.holdings = Holdings(
            process,
            queues=queues,
            lease_s=self.lease_s,
            dispatcher=self.dispatcher,
            lanes=self.lanes,
            recorder=self.recorder,
            fenced=self.fenced,
            on_news=self._written,
        )
        self._wake = Event()
        self.appetite, self.layout = Appetite(queues), Layout(self.dispatcher)
        self.news = News(self.dispatcher)
        self._drops: deque[Claimed] = deque()
        self._beat_at, self._tick_at, self._ticks = 0.0, 0.0, 0
        self._stopping = False
        self._database_back_at, self._redis_failures = 0.0, 0
        self._io = threading.Thread(target=self._run_io, name="io", daemon=True)
        self.pool = Pool(self, concurrency=sum(concurrency.values()), fixed=threads)

    def _make_waker(self, url: str) -> Waker | ClusterWaker:
        heard: Any = {"on_wake": self._woken, "on_order": self._ordered}
        address = read_address(url)
        if address is not None and address.kind == "cluster":
            return ClusterWaker(url, self.dispatcher, self.process, self.queues, **heard)
        return Waker(url, self.dispatcher, self.process, **heard)

    def start(self) -> None:
        """Start all threads; the process row must be registered."""
        boot(self.broker)
        self.broker.emit_before("worker_boot", self)
        self.recorder.start()
        self.pool.start()
        self.waker.start()
        self._io.start()
        self.broker.emit_after("worker_boot", self)

    def stop(self, *, grace_s: float, hurry: Event | None = None) -> None:
        """Take no more, let running jobs end within the grace, then interrupt and hand back; write everything.

        `hurry`, set at any time, ends the grace.
        """
        hurry = hurry or Event()
        self._stopping = True
        self._wake.set()
        self.broker.emit_before("worker_shutdown", self)
        self.holdings.hand_back(self.lanes.take_back() + self.holdings.unstarted_suspect())
        deadline = time.monotonic() + grace_s
        while self.lanes.running() and time.monotonic() < deadline and not hurry.is_set():
            self.finished.wait(0.02)
        self.pool.interrupt_all()
        interrupt_end = time.monotonic() + 5
        while self.lanes.running() and time.monotonic() < interrupt_end:
            self.finished.wait(0.02)
        self.finished.set()
        self.lanes.close()
        self.waker.stop()
        self.recorder.close(10)
        self._wake.set()
        self._io.join(10)
        self.pool.join(2)
        self.dispatcher.close()
        self.broker.emit_after("worker_shutdown", self)

    def healthy(self) -> bool:
        """Tell whether every thread that must live does."""
        return all(t.is_alive() for t in (self._io, self.recorder, self.waker)) and self.pool.alive()

    def freed(self, queue: str) -> None:
        """Note that a thread is free: take more, if there may be more."""
        if queue in self.appetite.hungry or queue not in self.waker.listening or self._stopping:
            self._wake.set()

    def dropped(self, job: Claimed) -> None:
        """Note that a claimed job turned out not to be ours."""
        self._drops.append(job)
        self._wake.set()

    def _woken(self, queue: str) -> None:
        self.appetite.hungry.add(queue)
        self._wake.set()

    def _ordered(self, order: str) -> None:
        self.orders.obey(order)
        self._wake.set()

    def _written(self, news: Acknowledgement) -> None:
        self.news.add(news)
        self._wake.set()

    def _run_io(self) -> None:
        while not (self.finished.is_set() and not self.news and not self.recorder.is_alive()):
            self._ticks += 1
            self.pulse.io_lives(self._ticks, ran=self.lanes.ran)
            self._wake.wait(self._rest_s())
            self._wake.clear()
            try:
                self._turn()
            except (redis.RedisError, OSError) as error:
                self._redis_failed(error)
                if self.finished.is_set():
                    break
            except Error as error:
                self._database_failed(error)
            except Exception:
                logger.exception("The I/O thread failed and goes on")
                self._wake.wait(0.5)
        connections.close_all()

    def _rest_s(self) -> float:
        now = time.monotonic()
        soonest = min([self._tick_at + 1.0, *self.appetite.due.values()], default=now + 1.0)
        if self.lanes.waiting() or self.cancellations:
            soonest = min(soonest, now + PATIENCE_S)
        return max(0.0, min(1.0, soonest - now))

    def _turn(self) -> None:
        now = time.monotonic()
        if now >= self._beat_at:
            self._beat()
        if self.layout.foreign:
            self._tick_at = now
        else:
            self._serve(now)

    def _serve(self, now: float) -> None:
        while self._drops:
            self.holdings.go_by_rows({job.id: job.queue for job in [self._drops.popleft()]})
        if self.lanes.waiting():
            self.lanes.hurry()
            self.holdings.hand_back(self.lanes.take_back(older_than_s=UNSTARTED_S))
        if self.cancellations:
            self.pool.interrupt_cancelled()
        news = self.news.gather()
        tick = now >= self._tick_at + 1.0
        if tick:
            self._tick_at = now
        exchanges = []
        for queue in self.queues:
            want = self._want(queue, now)
            done = news.done.get(queue, ())
            if done or tick or now >= self.appetite.due[queue] or (want and queue in self.appetite.hungry):
                exchanges.append(Exchange(queue, want, done))
        if exchanges:
            self._exchange(exchanges, news)
        if self.holdings.start_suspect():
            self.appetite.awaken()
            self._wake.set()
        self.news.announce()
        self._listen()

    def _want(self, queue: str, now: float) -> int:
        idle = self._stopping or self.orders.idle() or self.fenced.is_set() or now < self._database_back_at
        idle = idle or self.holdings.suspect is not None
        if idle or self.recorder.backlog() > self.conf.max_unrecorded:
            return 0
        return self.lanes.want(queue, ahead=queue not in self.appetite.limited)

    def _exchange(self, exchanges: list[Exchange], news: Acknowledgement) -> None:
        try:
            answers = self.dispatcher.exchange(self.process, exchanges, then_add=news.add)
        except (redis.RedisError, OSError):
            self.news.put_back(news)
            raise
        self._redis_failures = 0
        for ids in news.done.values():
            self.holdings.forget(ids)
        taken: list[str] = []
        now = time.monotonic()
        for exchange, answer in zip(exchanges, answers, strict=True):
            self._learn(exchange, answer, now)
            taken.extend(self.holdings.take(answer.queue, answer.ids))
        if taken:
            self.news.tell((job.id, "active", job.queue) for job in self.holdings.claim(taken))

    def _learn(self, exchange: Exchange, answer: Taken, now: float) -> None:
        raised = bool(self.pool.allow(answer.queue, answer.concurrency or self.conf.queue(answer.queue).concurrency))
        if raised:
            self._wake.set()
        self.appetite.learn(exchange, answer, raised=raised, now=now)

    def _listen(self) -> None:
        """Block on the markers of queues that have a free place and nothing known to be left."""
        now = time.monotonic()
        queues = frozenset(q for q in self.queues if q not in self.appetite.hungry and self._want(q, now))
        if self.waker.listen(queues):
            self.dispatcher.tell(self.process, "wake")

    def _beat(self) -> None:
        """Beat, and obey what the rows say; touch nothing in a Redis that another release has laid out."""
        if self.layout.look():
            self._beat_at = time.monotonic() + self.lease_s / 3
            return
        known = self.holdings.beat()
        self.orders.read(wrapper(DEFAULT_DB_ALIAS), self.process)
        self.cancellations.ask(id_ for id_, row in known.items() if row.cancel_requested)
        self._beat_at = time.monotonic() + self.lease_s / 3

    def _redis_failed(self, error: Exception) -> None:
        self._redis_failures += 1
        if self._redis_failures in (1, 10) or self._redis_failures % 100 == 0:
            logger.warning("Redis does not answer (%s); running jobs go on", error)
        self._beat_at = 0.0
        self.appetite.awaken()
        self.finished.wait(min(1.0, 0.02 * 2 ** min(self._redis_failures, 6)))
        self._wake.set()

    def _database_failed(self, error: Exception) -> None:
        """Take nothing until the database answers; give unclaimed entries back, remember what may be claimed."""
        logger.warning("The database does not answer (%s); nothing new starts", error)
        close_old_connections()
        self._database_back_at = time.monotonic() + 0.5
        self._beat_at = self._database_back_at
        try:
            self.holdings.give_unclaimed_back()
        except (redis.RedisError, OSError) as second:
            self._redis_failed(second)
        self.appetite.awaken()
        self.finished.wait(0.1)
        self._wake.set()
