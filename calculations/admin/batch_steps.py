"""What may be done with a batch where it stands: a table from the button's name to the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from calculations.models import ApprovalStatus, BatchStatus, CalcBatch
from calculations.services.approval_state import approval_state
from calculations.services.approve import approve
from calculations.services.cancel_batch import cancel_batch
from calculations.services.reject import reject
from calculations.services.request_approval import request_approval
from calculations.services.retry_batch import retry_batch

_DECIDED = (ApprovalStatus.PENDING.value, ApprovalStatus.APPROVED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A button: what it says, what it does, what is told afterwards, and what the text beside it is for."""

    name: str
    label: str
    service: Callable[..., Any]
    done: str
    says: str = ""
    says_as: str = ""
    must_say: bool = False
    is_danger: bool = False

    def take(self, batch: CalcBatch, *, user_id: str, words: str) -> None:
        """Call the service; raises what it refuses."""
        said = {self.says_as: words} if self.says_as else {}
        self.service(tenant_id=batch.tenant_id, batch_id=batch.pk, user_id=user_id, **said)


CANCEL = Step(name="cancel", label="Cancel", service=cancel_batch, done="is cancelled", is_danger=True)
RETRY = Step(name="retry", label="Retry what failed", service=retry_batch, done="is queued again")
REQUEST = Step(name="request_approval", label="Request approval", service=request_approval, done="waits for approval")
APPROVE = Step(
    name="approve", label="Approve", service=approve, done="is approved", says="Comments", says_as="comments"
)
REJECT = Step(
    name="reject",
    label="Reject",
    service=reject,
    done="is rejected",
    says="Reason",
    says_as="reason",
    must_say=True,
    is_danger=True,
)
STEPS = {step.name: step for step in (CANCEL, RETRY, REQUEST, APPROVE, REJECT)}


def steps_of(batch: CalcBatch) -> list[Step]:
    """Return the steps that the batch's state allows; one query. The services have the last word."""
    if batch.status in (BatchStatus.QUEUED, BatchStatus.RUNNING):
        return [CANCEL]
    approval = approval_state(batch.pk)
    if approval == ApprovalStatus.PENDING:
        return [APPROVE, REJECT]
    found = []
    has_failed = batch.status == BatchStatus.FAILED or batch.items_failed
    if batch.status == BatchStatus.COMPLETED and batch.items_succeeded and approval not in _DECIDED:
        found.append(REQUEST)
    if has_failed and approval not in _DECIDED:
        found.append(RETRY)
    return found
