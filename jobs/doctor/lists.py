"""The lists by name, and a walk through all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import redis
from django.db import Error

from jobs.doctor import depth, failing, not_processing
from jobs.doctor.points import Point, Scene, ill
from jobs.services.readiness import Finding

LISTS: Final[dict[str, tuple[Point, ...]]] = {
    "Jobs not processing": not_processing.POINTS,
    "Jobs failing repeatedly": failing.POINTS,
    "High queue depth": depth.POINTS,
}


def examine() -> Iterator[tuple[str, Point, Finding]]:
    """Look at every point of every list; what cannot be looked at is not well."""
    scene = Scene()
    for name, points in LISTS.items():
        for point in points:
            try:
                yield name, point, point.look(scene)
            except (Error, redis.RedisError, OSError) as error:
                yield name, point, ill(f"cannot be told ({type(error).__name__})")
