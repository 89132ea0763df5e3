"""Actors for the engine's tests."""
