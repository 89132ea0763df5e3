"""Row 22: the state machine of tests/jobs/test_model.py, at random, for 10,000 steps on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.chaos.world import World


def run(world: World) -> None:
    """Run it in a process of its own, with servers of its own; its words are in model.log."""
    steps = 1_000 if world.short else 10_000
    test = ["tests/jobs/test_model.py", "-p", "no:cacheprovider", f"--hypothesis-seed={world.seed}"]
    environment = {**os.environ, "MODEL_STEPS": str(steps), "TEST_DATABASE": "postgres"}
    with (world.place / "model.log").open("w") as log:
        code = subprocess.run(
            [sys.executable, "-m", "pytest", *test], env=environment, stdout=log, stderr=log, check=False
        ).returncode
    world.check(code == 0, f"no illegal transition and no loss in {steps} steps (exit code {code}, see model.log)")
