"""How operators see the engine."""

from jobs.admin import accounts, audit, jobs, processes, queues, tasks, tenants

__all__ = ["accounts", "audit", "jobs", "processes", "queues", "tasks", "tenants"]
