"""The container's health check: asks this container's own /livez, of the web or else of workers or caretaker."""

import sys
from urllib.error import HTTPError
from urllib.request import urlopen

PORTS = (8000, 9192)
"""Where the web answers, and where a supervisor or caretaker does; a container has one of them."""


def alive(port: int) -> bool | None:
    """Return what the port says of itself; None if nobody listens there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/livez", timeout=4):
            return True
    except HTTPError:
        return False
    except OSError:
        return None


if __name__ == "__main__":
    sys.exit(0 if any(alive(port) for port in PORTS) else 1)
