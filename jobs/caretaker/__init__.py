"""Keeps the queue in order: one leader, one duty a module."""
