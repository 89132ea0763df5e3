"""`make up`: everything comes up by one command, and goes down with it."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs_project.local.ports import claim_port

UP = "import sys; from pathlib import Path; from jobs_project.local.up import main; sys.exit(main(Path(sys.argv[1])))"
ROOT = Path(__file__).resolve().parents[2]


class Up:
    """A running `make up` with a place, a database and a port of its own."""

    def __init__(self, place: Path) -> None:
        self.port = claim_port()
        environ = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DEBUG"}}
        environ |= {
            "DATABASE_URL": f"sqlite:///{place}/db.sqlite3",
            "ENV_FILES": "",
            "PORT": str(self.port),
            "SECRET_KEY": "correct-horse-battery-staple-" * 3,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", UP, str(place / "up")], env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )

    def read_until(self, words: str) -> str:
        """Return what it says up to a line with these words."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                return "".join(lines)
        raise AssertionError("".join(lines))

    def children(self) -> list[int]:
        """Return the pids of its children."""
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()]

    def login_page(self) -> str:
        """Return the admin's login page, once the web answers."""
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/admin/login/") as answer:
                    return str(answer.read().decode())
            except ConnectionRefusedError:
                continue
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError):
                    raise


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """Bring everything up in a directory of the test, and take it down afterwards."""
    running = Up(tmp_path)
    with running.process:
        try:
            yield running
        finally:
            running.process.send_signal(signal.SIGINT)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at /proc")
def test_ctrl_c_stops_everything_cleanly(up: Up) -> None:
    said = up.read_until("is coming up")
    page = up.login_page()
    children = up.children()

    up.process.send_signal(signal.SIGINT)
    code = up.process.wait()

    assert re.search(r"Login: operator / \S{12,}", said)
    assert "password" in page
    assert code == 0
    assert len(children) == 3
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at /proc")
def test_the_end_of_one_process_ends_all(up: Up) -> None:
    up.read_until("is coming up")
    up.login_page()
    children = up.children()

    os.kill(children[-1], signal.SIGKILL)
    said = up.read_until("stopping the rest")
    code = up.process.wait()

    assert "workers ended with status -9" in said
    assert code != 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
