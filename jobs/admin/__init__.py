"""How operators see the engine."""

from jobs.admin import (
    accounts,
    alerts,
    audit,
    dedup,
    flows,
    group_limits,
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
    "group_limits",
    "jobs",
    "operations",
    "processes",
    "queues",
    "schedules",
    "tasks",
    "tenants",
    "tokens",
]
