"""Dramatiq hooks of the engine. None of them does input or output of ours: outcomes are values."""

from jobs.middleware.connections import DatabaseConnections
from jobs.middleware.retries import Retries

__all__ = ["DatabaseConnections", "Retries"]
