"""TCP ports of this machine."""

import socket

from jobs_project.local.errors import PortInUse


def claim_port(port: int = 0) -> int:
    """Return the port if a server may listen on it now, or a free one for 0. Raises PortInUse."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortInUse(port) from None
        return int(probe.getsockname()[1])
