"""Runs the conformance cases about which version of a value comes first."""

from typing import Any

from ingestion.versions import version_order


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the versions to try, best first."""
    return {"order": [tag.value for tag in version_order(case["preference"])]}
