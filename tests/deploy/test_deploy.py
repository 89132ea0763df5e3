"""What is in `deploy/`: tools judge it, and it agrees with the code and with the user's document."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from deploy.replay import instructions
from jobs.exposition import state
from jobs.exposition.names import HELP, HISTOGRAMS

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent


def run(*command: str | Path) -> str:
    """Run a tool; its complaint is the failure."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def program(name: str) -> str:
    """Return a system program, or skip where it is not installed."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def kustomized(overlay: str) -> dict[tuple[str, str], Any]:
    """Return what kustomize builds, by kind and name."""
    text = run(program("kubectl"), "kustomize", DEPLOY / "kubernetes" / overlay)
    return {(found["kind"], found["metadata"]["name"]): found for found in yaml.safe_load_all(text)}


def test_the_dockerfile_is_clean_runs_as_nobody_and_copies_every_app() -> None:
    run(BIN / "hadolint", DEPLOY / "Dockerfile")

    steps = instructions((DEPLOY / "Dockerfile").read_text())
    copied = {text.split()[0] for name, text in steps if name == "COPY" and not text.startswith("--from")}
    ours = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert ours | {"jobs_project", "manage.py"} <= copied
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)
    assert [text for name, text in steps if name == "USER"] == ["10001:10001"]
    assert [name for name, _ in steps].count("FROM") == 2
    assert steps[-2][0] == "HEALTHCHECK"


def test_kubernetes_objects_are_valid(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(run(program("kubectl"), "kustomize", DEPLOY / "kubernetes" / "base"))

    run(BIN / "kubernetes-validate", "--strict", "--quiet", tmp_path / "all.yaml")


def test_kubernetes_keeps_the_document_s_names_and_leaves_time_to_drain() -> None:
    objects = kustomized("base")
    workers = objects["Deployment", "workers"]["spec"]
    pod = workers["template"]["spec"]
    environment = {variable["name"]: variable["valueFrom"] for variable in pod["containers"][0]["env"]}

    assert (workers["replicas"], workers["selector"]["matchLabels"]) == (3, {"app": "workers"})
    assert pod["containers"][0]["image"] == "your-registry/workers:latest"
    assert environment["REDIS_URL"] == {"secretKeyRef": {"name": "redis-secret", "key": "url"}}
    for name in ("workers", "workers-calculation"):
        template = objects["Deployment", name]["spec"]["template"]["spec"]
        drain_ms = int(template["containers"][0]["command"][-1])
        assert template["terminationGracePeriodSeconds"] > drain_ms / 1000 + 30
    for name in ("web", "workers", "workers-calculation", "caretaker"):
        container = objects["Deployment", name]["spec"]["template"]["spec"]["containers"][0]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()
        assert ("PodDisruptionBudget", name) in objects


def test_every_queue_has_workers_in_kubernetes_and_compose() -> None:
    objects = kustomized("base")
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    def queues(command: list[str]) -> list[str]:
        return command[command.index("--queues") + 1 : command.index("--processes")]

    groups = ("workers", "workers-calculation")
    pods = [objects["Deployment", name]["spec"]["template"]["spec"] for name in groups]
    in_pods = [queue for pod in pods for queue in queues(pod["containers"][0]["command"])]
    in_compose = [queue for name in groups for queue in queues(compose[name]["command"])]

    assert sorted(in_pods) == sorted(in_compose) == sorted(settings.JOBS["QUEUES"])


def test_keda_scales_both_groups_by_depth_and_age() -> None:
    objects = kustomized("keda")

    for name in ("workers", "workers-calculation"):
        scaled = objects["ScaledObject", name]["spec"]
        queries = " ".join(trigger["metadata"]["query"] for trigger in scaled["triggers"])
        assert scaled["scaleTargetRef"]["name"] == name
        assert "jobs_queue_jobs" in queries
        assert "jobs_queue_oldest_seconds" in queries


def test_systemd_tells_the_supervisor_alone_and_watches_it() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(unit.read_text())
        service = parser["Service"]

        assert (service["Type"], service["KillMode"]) == ("notify", "mixed"), unit
        if "workers" in unit.name:
            drain_ms = int(re.findall(r"--worker-shutdown-timeout (\d+)", service["ExecStart"])[0])
            assert int(service["TimeoutStopSec"]) > drain_ms / 1000 + 30
            assert int(service["WatchdogSec"]) > 60


def test_alert_rules_do_what_their_tests_say() -> None:
    run(program("promtool"), "check", "config", "--syntax-only", DEPLOY / "prometheus" / "prometheus.yml")
    run(program("promtool"), "test", "rules", DEPLOY / "prometheus" / "jobs.rules.test.yml")


def test_dashboard_and_rules_ask_for_metrics_that_are_there() -> None:
    gauges = set(re.findall(r'Gauge\(\s*"(\w+)"', Path(state.__file__).read_text()))
    known = gauges | {f"{name}_total" for name in set(HELP) - HISTOGRAMS}
    known |= {f"{name}_{part}" for name in HISTOGRAMS for part in ("bucket", "sum", "count")}
    dashboard = json.loads((DEPLOY / "grafana" / "jobs.json").read_text())
    asked = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    rules = yaml.safe_load((DEPLOY / "prometheus" / "jobs.rules.yml").read_text())
    asked += " ".join(rule["expr"] for group in rules["groups"] for rule in group["rules"])

    names = set(re.findall(r"\b((?:jobs|http)_[a-z_]+)\b", asked))

    assert names <= known, names - known
    assert len(names & gauges) > 8


def test_the_page_has_a_line_for_each_command_of_pm2() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()

    for command in ('pm2 start npm --name "workers" -- run workers', "pm2 save", "pm2 start workers.js -i 3"):
        assert f"| `{command}` | `" in page
