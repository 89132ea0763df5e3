"""Makes one test item of each case of a file: `pytest tests/conformance --cases FILE`."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

DEFAULT = Path(__file__).with_name("cases.json")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run name another file of cases."""
    parser.addoption("--cases", type=Path, default=DEFAULT, help="the conformance cases to run")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each case to the test, under the case's id."""
    path = metafunc.config.getoption("--cases", default=DEFAULT)
    cases: list[dict[str, Any]] = json.loads(path.read_text("utf-8"), parse_float=Decimal)["cases"]
    metafunc.parametrize("case", cases, ids=[case["id"] for case in cases])
