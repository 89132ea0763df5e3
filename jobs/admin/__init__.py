"""How operators see the engine."""

from jobs.admin import (
    accounts,
    alerts,
    audit,
    dedup,
    flows,
    jobs,
    operations,
    processes,
    queues,
    schedules,
    tasks,
    tenants,
    tokens,
)

__all__ = [
    "accounts",
    "alerts",
    "audit",
    "dedup",
    "flows",
    "jobs",
    "operations",
    "processes",
    "queues",
    "schedules",
    "tasks",
    "tenants",
    "tokens",
]
