"""The commands of the dispatch: each one script, each safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

import redis

from jobs.dispatch.connect import connect
from jobs.dispatch.entries import Entry, Exchange, Limits, Placement, QueueStats, Share, Taken
from jobs.dispatch.keys import QueueKeys, inbox_key
from jobs.dispatch.scripts import script

T = TypeVar("T")
CHUNK = 1_000
"""Entries a script call: bounds the time that Redis answers nobody else."""


def _chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _grouped(queue: str, entries: Sequence[Entry], *, replace: bool) -> list[tuple[str, str, list[Any]]]:
    """Return the calls that put entries into their groups."""
    calls = []
    for chunk in _chunks(entries):
        args: list[Any] = [int(replace)]
        for entry in chunk:
            args += (entry.id, entry.priority, entry.delay_ms, entry.group)
        calls.append(("add_grouped", queue, args))
    return calls


class Dispatcher:
    """Speaks to one Redis. Every method raises `redis.RedisError` when it cannot; nothing is repeated silently."""

    def __init__(self, url: str, *, prefix: str = "jobs") -> None:
        self.url, self.prefix = url, prefix
        self._keys: dict[str, QueueKeys] = {}

    @cached_property
    def client(self) -> redis.Redis:
        """The client, made on first use: a Cluster may be away when a process starts."""
        return connect(self.url)

    def close(self) -> None:
        """Close the connections; the next command opens one anew."""
        if "client" in self.__dict__:
            self.client.close()

    def keys(self, queue: str) -> QueueKeys:
        """Return the keys of a queue."""
        if queue not in self._keys:
            self._keys[queue] = QueueKeys(self.prefix, queue)
        return self._keys[queue]

    def add(self, entries: Iterable[Entry], *, replace: bool = False) -> int:
        """Put entries where they belong, and wake takers; ids that are anywhere already stay unless `replace`."""
        calls = []
        for queue, group in groupby(sorted(entries, key=attrgetter("queue")), key=attrgetter("queue")):
            mine = list(group)
            plain = [entry for entry in mine if not entry.group]
            for chunk in _chunks(plain):
                args: list[Any] = [int(replace)]
                for entry in chunk:
                    args += (entry.id, entry.priority, entry.delay_ms)
                calls.append(("add", queue, args))
            if len(plain) < len(mine):
                calls += _grouped(queue, [entry for entry in mine if entry.group], replace=replace)
        return sum(self._run(calls))

    def move(self, entries: Iterable[Entry]) -> int:
        """Put entries where their new priority and delay belong; ids that are taken stay taken."""
        calls: list[tuple[str, str, list[Any]]] = []
        for queue, group in groupby(sorted(entries, key=attrgetter("queue")), key=attrgetter("queue")):
            for chunk in _chunks(list(group)):
                args: list[Any] = []
                for entry in chunk:
                    args += (entry.id, entry.priority, entry.delay_ms)
                calls.append(("move", queue, args))
        return sum(self._run(calls))

    def exchange(self, process: str, exchanges: Sequence[Exchange], *, then_add: Sequence[Entry] = ()) -> list[Taken]:
        """Acknowledge, promote and take for several queues in one round trip; `then_add` follows in it."""
        calls = [("exchange", e.queue, [process, e.want, *e.done]) for e in exchanges]
        for entry in then_add:
            if entry.group:
                calls += _grouped(entry.queue, [entry], replace=False)
            else:
                calls.append(("add", entry.queue, [0, entry.id, entry.priority, entry.delay_ms]))
        answers = self._run(calls)
        return [
            Taken(
                queue=exchange.queue,
                ids=answer[5:],
                due_in_ms=None if answer[0] < 0 else answer[0],
                slot_in_ms=None if answer[1] < 0 else answer[1],
                more=answer[2] == 1,
                limited=answer[3] == 1,
                concurrency=None if answer[4] < 0 else answer[4],
            )
            for exchange, answer in zip(exchanges, answers[: len(exchanges)], strict=True)
        ]

    def beat(self, process: str, queue: str, *, held: Sequence[str], claimed: Sequence[tuple[str, int]]) -> list[str]:
        """Bring active entries in line with what the process holds; `claimed` are (id, priority) of `held`."""
        args: list[Any] = [process, len(held), *held]
        for pair in claimed:
            args += pair
        return list(self._run([("beat", queue, args)])[0])

    def release(self, process: str, queue: str, entries: Sequence[tuple[str, int]] | None = None) -> int:
        """Give (id, delay ms) back, or everything of the process."""
        args: list[Any] = [process]
        for pair in entries or ():
            args += pair
        return int(self._run([("release", queue, args)])[0])

    def remove(self, queue: str, ids: Sequence[str]) -> int:
        """Remove ids that have not been taken."""
        return sum(self._run([("remove", queue, list(chunk)) for chunk in _chunks(ids)]))

    def drop(self, queue: str, entries: Sequence[tuple[str, str, bool]]) -> int:
        """Drop active entries (id, owner as last seen, back to ready?) whose rows say so."""
        args: list[Any] = []
        for id_, owner, back in entries:
            args += (id_, owner, int(back))
        return int(self._run([("drop", queue, args)])[0])

    def probe(self, queue: str, entries: Sequence[tuple[str, int]]) -> Placement:
        """Tell which of (id, ms left by the row) Redis lacks or holds delayed for too long."""
        placement = Placement()
        for chunk in _chunks(entries):
            args = [part for pair in chunk for part in pair]
            for (id_, _), found in zip(chunk, self._run([("probe", queue, args)])[0], strict=True):
                if found:
                    (placement.absent if found == 1 else placement.misplaced).append(id_)
        return placement

    def configure(self, queue: str, limits: Limits) -> None:
        """Set a queue's limits."""
        numbers = (limits.max_active, limits.max_starts, limits.window_ms, limits.concurrency, limits.hold_ms)
        args = ["1" if limits.paused else "", *("" if number is None else number for number in numbers)]
        self._run([("configure", queue, args)])

    def share(self, queue: str, shares: Mapping[str, Share]) -> None:
        """Set what groups of a queue may have; '' stands for every group that is not named."""
        self._run([("share", queue, [part for group in shares for part in (group, shares[group].as_text())])])

    def group(self, queue: str, group: str) -> tuple[int, int]:
        """Count a group's waiting (delayed ones apart) and active jobs."""
        waiting, active = self._run([("group", queue, [group])])[0]
        return int(waiting), int(active)

    def stats(self, queues: Sequence[str]) -> list[QueueStats]:
        """Count queues in one round trip."""
        answers = self._run([("stats", queue, []) for queue in queues])
        return [
            QueueStats(queue=queue, waiting=a[0], delayed=a[1], active=a[2], paused=a[3] == 1, settling=a[4])
            for queue, a in zip(queues, answers, strict=True)
        ]

    def heads(self, queues: Sequence[str]) -> list[str]:
        """Return the ids of each queue's longest waiting jobs: the first of up to 32 priorities, and of what is due."""
        return [id_ for ids in self._run([("heads", queue, [32, 3]) for queue in queues]) for id_ in ids]

    def active(self, queue: str) -> dict[str, str]:
        """Return the active entries: id → "process score"."""
        found: Any = self.client.hgetall(self.keys(queue).active)
        return dict(found)

    def settle(
        self, queue: str, rows: Sequence[tuple[str, str, int]], *, epoch: str, groups: Mapping[str, str] | None = None
    ) -> bool:
        """Put active rows (id, process, priority) back into `active`, then lift `settling` if it is still `epoch`.

        `groups` names the groups of those that have one.
        """
        known = groups or {}
        calls: list[tuple[str, str, list[Any]]] = [
            ("settle", queue, ["", *(part for row in chunk for part in row)]) for chunk in _chunks(rows)
        ]
        grouped = [(id_, priority, known[id_]) for id_, _, priority in rows if id_ in known]
        calls += [("regroup", queue, [part for row in chunk for part in row]) for chunk in _chunks(grouped)]
        return bool(self._run([*calls, ("settle", queue, [epoch])])[-1])

    def fill_window(self, queue: str, starts: Sequence[tuple[str, int]]) -> None:
        """Fill the rate window with starts (id, ms ago)."""
        self._run([("window", queue, [part for pair in chunk for part in pair]) for chunk in _chunks(starts)])

    def purge(self, queue: str, count: int = CHUNK) -> int:
        """Remove up to `count` entries of each kind; return how many are left."""
        return int(self._run([("purge", queue, [count])])[0])

    def tell(self, process: str, order: str) -> None:
        """Put an order into a process's inbox, waking it."""
        key = inbox_key(self.prefix, process)
        pipe = self.client.pipeline(transaction=False)
        pipe.zadd(key, {order: 0})
        pipe.expire(key, 60)
        pipe.execute()

    def _run(self, calls: Sequence[tuple[str, str, list[Any]]]) -> list[Any]:
        """Run scripts in one round trip; scripts that Redis does not know are loaded and only these run again."""
        if not calls:
            return []
        answers = self._send(calls)
        missing = [i for i, answer in enumerate(answers) if isinstance(answer, redis.exceptions.NoScriptError)]
        if missing:
            for name in {calls[i][0] for i in missing}:
                self.client.script_load(script(name).text)
            for i, answer in zip(missing, self._send([calls[i] for i in missing]), strict=True):
                answers[i] = answer
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    def _send(self, calls: Sequence[tuple[str, str, list[Any]]]) -> list[Any]:
        pipe = self.client.pipeline(transaction=False)
        for name, queue, args in calls:
            pipe.evalsha(script(name).sha, 8, *self.keys(queue).all(), *args)
        return pipe.execute(raise_on_error=False)
