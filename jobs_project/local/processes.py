"""How a child process of ours is ended: by its own pid, politely first."""

import signal
import subprocess

PATIENCE = 10.0  # seconds


def wait_for_end(process: "subprocess.Popen[bytes]", how: signal.Signals, *, patience: float = PATIENCE) -> int:
    """Send `how` to the process alone, wait, and kill it if it is still there after `patience` seconds."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
