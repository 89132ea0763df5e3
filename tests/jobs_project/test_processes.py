"""Child processes: started and ended together, each by its own pid."""

import os
import sys
from pathlib import Path

from jobs_project.local.processes import Children

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, lambda *_: print('asked', flush=True))
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
print(child.pid, flush=True)
while True: time.sleep(1)
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_first_process_that_ends_is_named_with_its_code() -> None:
    with Children(os.environ) as children:
        children.start("sleeper", python(SLEEPER))
        children.start("failing", python("raise SystemExit(3)"))

        ended = children.wait_for_first_end()

    assert ended == ("failing", 3)


def test_leaving_ends_every_process() -> None:
    with Children(os.environ) as children:
        pids = [children.start(name, python(SLEEPER)) for name in ("one", "other")]

    assert not any(is_alive(pid) for pid in pids)


def test_a_process_that_does_not_listen_is_killed_with_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Children(os.environ, patience=1.0) as children:
        pid = children.start("stubborn", python(STUBBORN), log=log)
        wait_for_line(log)

    grandchild, asked = log.read_text().split()
    assert asked == "asked"
    assert not is_alive(pid)
    while is_alive(int(grandchild)):  # a killed process takes a moment to go; pytest's timeout ends a wait in vain
        os.sched_yield()


def test_ctrl_c_at_the_terminal_reaches_no_child() -> None:
    with Children(os.environ) as children:
        pid = children.start("sleeper", python(SLEEPER))

        assert os.getsid(pid) != os.getsid(0)


def wait_for_line(log: Path) -> None:
    while "\n" not in log.read_text():
        os.sched_yield()


def is_alive(pid: int) -> bool:
    """Return whether the process runs; one that is dead but not yet waited for by init does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
