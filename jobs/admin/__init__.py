"""How operators see the engine."""

from jobs.admin import accounts, jobs, processes, queues, tasks, tenants

__all__ = ["accounts", "jobs", "processes", "queues", "tasks", "tenants"]
