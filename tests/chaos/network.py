"""Hosts of their own on one machine: a network namespace each, joined to ours by a pair of veth that can be cut."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack


class NotPermittedError(Exception):
    """Raised when this machine allows no network namespaces."""


class Host:
    """A namespace whose one link leads to us; what it reaches here listens on `address`."""

    def __init__(self, number: int, stack: ExitStack) -> None:
        self.name = f"chaos-{os.getpid()}-{number}"
        self.link, inner = f"cv{os.getpid()}{number}o", f"cv{os.getpid()}{number}i"
        net = f"10.{200 + os.getpid() % 50}.{number}"
        self.address = f"{net}.1"
        _ip("netns", "add", self.name)
        stack.callback(_ip, "netns", "del", self.name)
        _ip("link", "add", self.link, "type", "veth", "peer", "name", inner, "netns", self.name)
        stack.callback(_ip, "link", "del", self.link)
        _ip("addr", "add", f"{self.address}/24", "dev", self.link)
        _ip("-n", self.name, "addr", "add", f"{net}.2/24", "dev", inner)
        for inside, device in (("", self.link), (self.name, inner), (self.name, "lo")):
            _ip(*(["-n", inside] if inside else []), "link", "set", device, "up")

    @property
    def prefix(self) -> list[str]:
        """What a command is started with to run in this host; it keeps its pid."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        """Let nothing through in either direction; nobody is told."""
        _ip("link", "set", self.link, "down")

    def heal(self) -> None:
        """Let everything through again."""
        _ip("link", "set", self.link, "up")


def _ip(*words: str) -> None:
    try:
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)  # noqa: S607  (wherever it is)
    except FileNotFoundError:
        raise NotPermittedError("there is no `ip` command here (iproute2)") from None
    except subprocess.CalledProcessError as error:
        raise NotPermittedError(f"ip {' '.join(words)}: {error.stderr.strip()}") from None
