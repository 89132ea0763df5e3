"""Measures the domain against its targets, on a private PostgreSQL: `make bench-domain [PARTS="batch reports"]`.

Prints a table and writes `benchmarks/results/domain.json`. Other work on the machine counts against the figures: their
ratio to the target says more than they do.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from jobs_project.local.postgres import Postgres
from jobs_project.local.valkey import Valkey, wheel_program

PARTS = ("calculation", "ingestion", "batch", "reports", "webhooks")
RESULTS = Path(__file__).parent / "results" / "domain.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a figure should reach: at least, or at most."""

    at_least: float | None = None
    at_most: float | None = None

    def score(self, figure: float) -> float:
        """Return how far the figure goes: 1 reaches the target, 2 is twice as good."""
        if self.at_least is not None:
            return figure / self.at_least
        return (self.at_most or 0) / figure if figure else 0.0


TARGETS = {
    "calculation_items_per_s": Target(at_least=50_000),
    "ingestion_220k_s": Target(at_most=3),
    "ingestion_220k_again_s": Target(at_most=3),
    "ingestion_peak_mb": Target(at_most=150),
    "ingestion_1m_s": Target(at_most=12),
    "batch_100k_s": Target(at_most=12),
    "report_pdf_1k_s": Target(at_most=15),
    "report_pdf_peak_mb": Target(at_most=150),
    "report_csv_100k_s": Target(at_most=3),
    "webhook_deliveries_per_s": Target(at_least=500),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A figure and what it is worth; without a target it only informs."""

    name: str
    figure: float
    target: str | None = None
    ratio: float | None = None
    verdict: str | None = None


def main() -> None:
    """Measure each part in a process of its own, print and write what came out."""
    findings: list[Finding] = []
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        valkey = stack.enter_context(Valkey(place / "valkey", program=wheel_program()))
        os.environ.update(
            DATABASE_URL=stack.enter_context(Postgres()).url,
            REDIS_URL=valkey.url,
            DJANGO_SETTINGS_MODULE="jobs_project.settings",
            ENV_FILES="",
            DEBUG="false",  # else Django keeps the text of every statement
            SECRET_KEY=secrets.token_urlsafe(50),
            HTTPS="false",
            LOG_LEVEL="warning",
            WEBHOOKS_ALLOW_LOCAL="true",
        )
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
        for part in sys.argv[1:] or PARTS:
            load = os.getloadavg()[0]
            for name, figure in _measure(part).items():
                findings.append(judge(name, figure))
                print(_line(findings[-1]), flush=True)
            print(f"  ({part}: load of the machine before it {load:.1f} on {os.cpu_count()} cores)", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(finding) for finding in findings], indent=1) + "\n")


def judge(name: str, figure: float) -> Finding:
    """Return the figure with its verdict."""
    figure = round(figure, 2)
    target = TARGETS.get(name)
    if target is None:
        return Finding(name=name, figure=figure)
    wanted = f">= {target.at_least:g}" if target.at_least is not None else f"<= {target.at_most:g}"
    score = target.score(figure)
    return Finding(
        name=name, figure=figure, target=wanted, ratio=round(score, 2), verdict="reached" if score >= 1 else "missed"
    )


def _measure(part: str) -> dict[str, float]:
    """Run a part; raises CalledProcessError with what it said on standard error above."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.parts.{part}"], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _line(finding: Finding) -> str:
    told = f"{finding.name:<34} {finding.figure:>10,.2f}"
    return told if finding.target is None else f"{told}   {finding.target:<8} x{finding.ratio:<6} {finding.verdict}"


if __name__ == "__main__":
    main()
