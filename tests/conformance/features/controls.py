"""Runs the conformance cases about Controls nodes, which are graphs like any other."""

from tests.conformance.features.graph_execute import run

__all__ = ["run"]
