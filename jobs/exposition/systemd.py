"""Tells systemd how a service does (sd_notify's protocol: a datagram to the socket that NOTIFY_SOCKET names)."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> bool:
    """Send a state (`READY=1`, `WATCHDOG=1`, `STOPPING=1`); false where no systemd listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(state.encode(), address)
    except OSError:
        return False  # a service must not end because its manager does not listen
    return True
