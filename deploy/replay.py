"""Replays the steps of the Dockerfile in a folder, where there is no Docker: each RUN and COPY as it stands.

`/app` and `/venv` are folders of a temporary root, the same for both stages; the second stage has nothing of the first
but what it copies. What would change this machine (users) is left out, and said. In the end the image's command runs,
and its health check must pass: `python deploy/replay.py`, or with `--venv .venv` to spare the installation.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

CONTEXT = Path(__file__).resolve().parent.parent
INSIDE = re.compile(r"(?<![\w./-])/(app|venv)\b")
FOREIGN = ("groupadd", "useradd")
STARTS_WITHIN_S = 60


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Return (instruction, its text) with continued lines joined and comments dropped."""
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE)).splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines if line.strip())]


@dataclass(slots=True)
class Replay:
    """A build under way: the root of the present stage, kept ones by name, and what the stage has set."""

    root: Path
    venv: Path | None
    stages: dict[str, Path] = field(default_factory=dict)
    name: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    command: list[str] = field(default_factory=list)
    probe: list[str] = field(default_factory=list)

    def inside(self, text: str) -> str:
        """Return text with the image's paths as paths below the root."""
        return INSIDE.sub(rf"{self.root}/\1", text)

    def do(self, name: str, text: str) -> None:
        """Do one instruction."""
        known = getattr(self, f"_{name.lower()}", None)
        if known is None:
            say(f"   {name} {text} (nothing to do here)")
            return
        say(f"   {name} {text}")
        known(text)

    def _from(self, text: str) -> None:
        if self.root.exists():
            kept = self.root.with_name(f"stage-{self.name}")
            self.root.rename(kept)
            self.stages[self.name] = kept
        self.root.mkdir()
        self.name = text.split(" AS ")[1] if " AS " in text else "last"
        self.environment, self.workdir = {}, "/"

    def _env(self, text: str) -> None:
        for pair in shlex.split(text):
            name, _, value = pair.partition("=")
            self.environment[name] = self.inside(value).replace("$PATH", os.environ["PATH"])

    def _workdir(self, text: str) -> None:
        self.workdir = text
        Path(self.inside(text)).mkdir(parents=True, exist_ok=True)

    def _copy(self, text: str) -> None:
        *sources, target = text.split()
        base = CONTEXT
        if sources[0].startswith("--from="):
            base = self.stages[sources.pop(0).removeprefix("--from=")]
        for source in sources:
            place = Path(self.inside(target)) if target.startswith("/") else Path(self.inside(self.workdir)) / target
            origin = base / source.lstrip("/")
            if origin.is_dir():
                shutil.copytree(origin, place, symlinks=True, dirs_exist_ok=True, ignore=_uncompiled)
            else:
                place = place / origin.name if target.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(origin, place)

    def _run(self, text: str) -> None:
        if text.startswith(FOREIGN):
            say("     left out: it would change this machine")
            return
        if self.venv and text.startswith("python -m venv"):
            (self.root / "venv").symlink_to(self.venv)
            return
        if self.venv and "pip install" in text:
            say(f"     left out: {self.venv} has these packages")
            return
        subprocess.run(
            ["/bin/sh", "-c", self.inside(text)], cwd=self.inside(self.workdir), env=self._env_now(), check=True
        )

    def _cmd(self, text: str) -> None:
        self.command = json.loads(text)

    def _healthcheck(self, text: str) -> None:
        self.probe = json.loads(text[text.index("[") :])

    def _env_now(self) -> dict[str, str]:
        home = {"HOME": str(self.root), "PATH": os.environ["PATH"]}
        return {**home, **self.environment}

    def start(self) -> None:
        """Run the command as a container would, until its health check passes; raises if it never does."""
        strong = {"SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": f"sqlite:///{self.root}/db.sqlite3"}
        environment = {**self._env_now(), **strong, "WORKER_ADDRESS": ""}
        where = self.inside(self.workdir)
        with subprocess.Popen([self._program(self.command[0]), *self.command[1:]], cwd=where, env=environment) as main:
            try:
                deadline = time.monotonic() + STARTS_WITHIN_S
                probe = [self._program(self.probe[0]), *self.probe[1:]]
                while subprocess.run(probe, cwd=where, env=environment, check=False).returncode:
                    if main.poll() is not None or time.monotonic() > deadline:
                        sys.exit("The command did not become healthy")
                    time.sleep(0.3)
            finally:
                main.terminate()
                main.wait(30)

    def _program(self, name: str) -> str:
        return shutil.which(name, path=self._env_now()["PATH"]) or name


def _uncompiled(folder: str, names: list[str]) -> set[str]:
    """Leave out what .dockerignore leaves out."""
    return {name for name in names if name == "__pycache__" or (name.endswith(".pyc") and "/venv" not in folder)}


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Replay all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, help="a virtual environment that has the locked packages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jobs-image-") as folder:
        replay = Replay(Path(folder) / "image", given.venv.absolute() if given.venv else None)
        for name, text in instructions((CONTEXT / "deploy" / "Dockerfile").read_text()):
            replay.do(name, text)
        replay.start()
    say("The image's steps run, and its command becomes healthy.")


if __name__ == "__main__":
    main()
