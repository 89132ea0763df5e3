"""Why a demo run fails."""

from pathlib import Path


class DemoFailed(RuntimeError):
    """Raised when the demo cannot show what it promises; the message is meant for a person."""


class ProcessEnded(DemoFailed):
    """Raised when a process of the demo ends before its time; shows the end of its log."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        super().__init__(f"The {name} process ended with status {code}. The end of {log}:\n{tail}")


class OutOfTime(DemoFailed):
    """Raised when work does not finish within the time the demo gives it."""

    def __init__(self, what: str, *, done: int, total: int, seconds: float) -> None:
        super().__init__(f"{what}: {done} of {total} after {seconds:g} s")


class DoorClosed(DemoFailed):
    """Raised when the web server does not answer as it should."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(f"The web server does not answer: {reason}")
