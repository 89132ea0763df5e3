"""The engine's rows."""

from jobs.models.alert import Alert, AlertChannel, AlertRule
from jobs.models.attempt import Attempt
from jobs.models.audit import AuditLog
from jobs.models.dedup import DedupKey
from jobs.models.flow import Edge, Flow
from jobs.models.job import Job
from jobs.models.log import JobLog
from jobs.models.operation import Operation, OperationRow
from jobs.models.process import Process
from jobs.models.queue import GroupLimit, Leadership, QueueConfig, QueueCount
from jobs.models.rollup import RollUp
from jobs.models.schedule import Missed, Overlap, Schedule, ScheduleRun
from jobs.models.tenant import Membership, Role, Tenant
from jobs.models.token import ApiToken

__all__ = [
    "Alert",
    "AlertChannel",
    "AlertRule",
    "ApiToken",
    "Attempt",
    "AuditLog",
    "DedupKey",
    "Edge",
    "Flow",
    "GroupLimit",
    "Job",
    "JobLog",
    "Leadership",
    "Membership",
    "Missed",
    "Operation",
    "OperationRow",
    "Overlap",
    "Process",
    "QueueConfig",
    "QueueCount",
    "Role",
    "RollUp",
    "Schedule",
    "ScheduleRun",
    "Tenant",
]
