"""What a job does when one that it waits for does not complete: the policies of an edge, and how an edge ends."""

from enum import StrEnum


class OnFailure(StrEnum):
    """What follows for the waiting job if the other one fails, is cancelled or is deleted."""

    FAIL = "fail"
    """It fails at once, and so on up the graph."""
    GO_ON = "go_on"
    """It starts at once, without waiting for the rest."""
    IGNORE = "ignore"
    """The edge counts as done."""
    WAIT = "wait"
    """It waits until somebody has brought the other one to completion, or frees it."""
    SKIP = "skip"
    """It is cancelled: nothing failed, there is only nothing to do."""


class Ended(StrEnum):
    """How an edge ended; open edges have none of these."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    FREED = "freed"


CHILD_FAILED = "ChildFailed"
"""The error type of a job that never started because of a job that it waited for."""
