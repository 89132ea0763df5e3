"""Reads the address of a Redis: one server, a set watched by Sentinels, or a Cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

PORTS: Final = {"sentinel": 26_379, "cluster": 6_379}
EXAMPLES: Final = {
    "sentinel": "redis+sentinel://:password@10.0.0.1:26379,10.0.0.2:26379,10.0.0.3:26379/mymaster/0",
    "cluster": "redis+cluster://:password@10.0.0.1:6379,10.0.0.2:6379",
}
_KNOWN: Final = {"sentinel": {"sentinel_username", "sentinel_password"}, "cluster": set[str]()}


class UnreadableAddress(ValueError):
    """Raised when a Sentinel or Cluster address cannot be read."""

    def __init__(self, kind: str, problem: str) -> None:
        self.example, self.problem = EXAMPLES[kind], problem
        super().__init__(f"{problem}; for example {self.example}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where several servers are asked; `login` holds username, password, db and ssl, as far as they are given."""

    kind: str
    nodes: tuple[tuple[str, int], ...]
    service: str = ""
    login: dict[str, Any] = field(default_factory=dict)
    sentinel_login: dict[str, Any] = field(default_factory=dict)


def read_address(url: str) -> Address | None:
    """Return what `redis[s]+sentinel://…` or `redis[s]+cluster://…` says, None for one server's URL.

    `user:password@` is the servers'; `?sentinel_username=` and `?sentinel_password=` are the Sentinels' own; `rediss`
    speaks TLS to all of them. Raises UnreadableAddress.
    """
    parts = urlsplit(url)
    base, _, kind = parts.scheme.partition("+")
    if not kind:
        return None
    if base not in ("redis", "rediss") or kind not in PORTS:
        raise UnreadableAddress("cluster" if kind == "cluster" else "sentinel", f"{parts.scheme!r} is no scheme")
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    query = dict(parse_qsl(parts.query))
    if unknown := set(query) - _KNOWN[kind]:
        raise UnreadableAddress(kind, f"unknown: {', '.join(sorted(unknown))}")
    service, _, number = parts.path.strip("/").partition("/")
    if kind == "sentinel" and not service:
        raise UnreadableAddress(kind, "the name of the service is missing")
    if kind == "cluster" and parts.path.strip("/"):
        raise UnreadableAddress(kind, "a Cluster has no database but 0")
    if number and not number.isdecimal():
        raise UnreadableAddress(kind, f"{number!r} is no database number")
    tls = {"ssl": True} if base == "rediss" else {}
    given = {"username": unquote(user), "password": unquote(password), "db": int(number or 0)}
    return Address(
        kind=kind,
        nodes=tuple(_node(kind, host) for host in hosts.split(",")),
        service=service,
        login={name: value for name, value in given.items() if value} | tls,
        sentinel_login={name.removeprefix("sentinel_"): value for name, value in query.items()} | tls,
    )


def _node(kind: str, text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnreadableAddress(kind, str(error)) from None
    if not host:
        raise UnreadableAddress(kind, "a host is missing")
    return host, port or PORTS[kind]
