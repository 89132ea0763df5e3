"""A client of Redis Cluster that keeps our manners: no silent repeats, errors that are `redis.RedisError`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.commands import CoreCommands
from redis.exceptions import RedisClusterException
from redis.retry import Retry

MOVED = (redis.exceptions.AskError, redis.exceptions.ClusterDownError, redis.ReadOnlyError)
"""Answers of a node that is not, or no longer, the one to ask."""
LOOK_AGAIN_S = 0.2
"""The Cluster is not asked for its nodes more often than this."""


class ClusterClient(RedisCluster):
    """Connects when it is made; raises redis.ConnectionError then and later when nodes are away or have moved.

    Whoever calls again asks the nodes of then: every failure looks for the new ones.
    """

    def __init__(self, nodes: Sequence[tuple[str, int]], **options: Any) -> None:
        self._looked_at = 0.0
        with _ours():
            super().__init__(
                startup_nodes=[ClusterNode(host, port) for host, port in nodes],  # type: ignore[no-untyped-call]
                retry=Retry(NoBackoff(), 0),
                **options,
            )

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command on the node of its key."""
        with _ours():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, *_: Any, **__: Any) -> Any:
        """Return a pipeline that sends each node its part."""
        return NodesPipeline(self)

    def node_of(self, key: str) -> redis.Redis:
        """Return the client of the node that holds a key."""
        with _ours():
            client: redis.Redis = self.get_redis_connection(_node(self, key))
            return client

    def look_again(self) -> None:
        """Ask for the nodes anew; what fails there fails again at the next command."""
        if time.monotonic() - self._looked_at < LOOK_AGAIN_S:
            return
        self._looked_at = time.monotonic()
        with contextlib.suppress(redis.RedisError, RedisClusterException, OSError):
            self.nodes_manager.initialize()


class NodesPipeline(CoreCommands):
    """Commands of one key each, sent in one round trip a node; the order is kept for each key."""

    _event_dispatcher: Any = None  # redis-py's own pipelines carry one

    def __init__(self, client: ClusterClient) -> None:
        self._client = client
        self._commands: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def execute_command(self, *args: Any, **options: Any) -> NodesPipeline:
        """Keep a command; EVALSHA's first key is its fourth word, others' their second."""
        self._commands.append((args, options))
        return self

    def execute(self, raise_on_error: bool = True) -> list[Any]:  # noqa: FBT001, FBT002  # as redis-py has it
        """Return the answers in the order of the commands.

        Raises redis.ConnectionError if a node does not answer or has moved: others may have done their part.
        """
        commands, self._commands = self._commands, []
        answers: list[Any] = [None] * len(commands)
        try:
            by_node: dict[str, tuple[redis.Redis, list[int]]] = {}
            for place, (args, _) in enumerate(commands):
                key = args[3] if args[0] == "EVALSHA" else args[1]
                node = _node(self._client, key)
                by_node.setdefault(node.name, (self._client.get_redis_connection(node), []))[1].append(place)
            for client, places in by_node.values():
                pipe = client.pipeline(transaction=False)
                for place in places:
                    pipe.execute_command(*commands[place][0], **commands[place][1])  # type: ignore[no-untyped-call]
                for place, answer in zip(places, pipe.execute(raise_on_error=False), strict=True):
                    if isinstance(answer, MOVED):
                        raise answer
                    answers[place] = answer
        except (redis.ConnectionError, redis.TimeoutError, OSError, RedisClusterException, *MOVED) as error:
            self._client.look_again()
            raise redis.ConnectionError(f"{type(error).__name__}: {error}") from error
        for answer in answers:
            if raise_on_error and isinstance(answer, Exception):
                raise answer
        return answers


def _node(client: ClusterClient, key: str) -> ClusterNode:
    node: ClusterNode = client.get_node_from_key(key)  # type: ignore[no-untyped-call]
    return node


@contextlib.contextmanager
def _ours() -> Iterator[None]:
    """Turn what redis-py raises of a Cluster that is not whole into an error that our callers wait for."""
    try:
        yield
    except RedisClusterException as error:
        raise redis.ConnectionError(f"{type(error).__name__}: {error}") from error
