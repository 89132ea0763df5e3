"""Where a demo run keeps its things: fresh each time, left behind to look at."""

import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """The paths of a run, all below one directory."""

    directory: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "db.sqlite3"

    @property
    def valkey(self) -> Path:
        """The private server's directory."""
        return self.directory / "valkey"

    @property
    def reports(self) -> Path:
        """Where the report files are written."""
        return self.directory / "reports"

    @property
    def received(self) -> Path:
        """What the webhook receiver wrote: one JSON line for each request."""
        return self.directory / "received.jsonl"

    def log(self, name: str) -> Path:
        """Return where a process writes its output."""
        return self.directory / f"{name}.log"

    def clear(self) -> None:
        """Remove what the run before left, but for the server's directory and the lock."""
        shutil.rmtree(self.reports, ignore_errors=True)
        for pattern in ("db.sqlite3*", "*.log", "*.jsonl"):
            for path in self.directory.glob(pattern):
                path.unlink()
        self.reports.mkdir()
