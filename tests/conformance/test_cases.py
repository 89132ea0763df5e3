"""Holds the project to the domain's cases (`conventions` in the file of cases says how they are compared)."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest


@pytest.mark.django_db
def test_case(case: dict[str, Any]) -> None:
    feature = import_module(f"tests.conformance.features.{case['feature']}")

    answer = json.loads(json.dumps(feature.run(case["input"])), parse_float=Decimal)

    expected = case["expected"]
    assert answer.get("error") == expected.get("error"), f"answered {answer}"
    differences = _differences(expected, answer, "answer")
    assert not differences, "\n".join(differences)


def _differences(expected: Any, answer: Any, where: str) -> list[str]:
    """Say where an answer lacks what is expected; keys that no case names are free, lists are compared whole."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        missing = [f"{where}.{key} is missing" for key in expected if key not in answer]
        shared = [key for key in expected if key in answer]
        return missing + [text for key in shared for text in _differences(expected[key], answer[key], f"{where}.{key}")]
    if isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        pairs = enumerate(zip(expected, answer, strict=True))
        return [text for place, (one, other) in pairs for text in _differences(one, other, f"{where}[{place}]")]
    if type(expected) is type(answer) and expected == answer:
        return []
    return [f"{where} is {answer!r}, expected {expected!r}"]
