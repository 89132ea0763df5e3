"""Pytest fixtures: `pytest_plugins = ["jobs.testing.plugin"]` in a conftest.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jobs.testing.drain import drain, inline


@pytest.fixture
def jobs_without_redis(settings: Any) -> None:
    """Ask no Redis in this test."""
    settings.JOBS = {**settings.JOBS, "DISPATCH": False}


@pytest.fixture
def jobs_drain(jobs_without_redis: None, db: None) -> Callable[..., Any]:
    """Hand out `drain`, with no Redis asked."""
    return drain


@pytest.fixture
def jobs_inline(jobs_without_redis: None, db: None) -> Iterator[None]:
    """Run jobs at once in this test."""
    with inline():
        yield
