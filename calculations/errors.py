"""What the calculation services refuse, each with the code that programs read."""

from __future__ import annotations


class CalculationRefused(Exception):
    """Raised when a service does not do what was asked; nothing has changed then."""

    code = "REFUSED"

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class PamNotFound(CalculationRefused):
    """Raised when no PAM has the id."""

    code = "PAM_NOT_FOUND"

    def __init__(self, pam_id: str) -> None:
        super().__init__(f"PAM not found: {pam_id}")


class BatchNotFound(CalculationRefused):
    """Raised when no batch has the id."""

    code = "BATCH_NOT_FOUND"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch not found: {batch_id}")


class TenantMismatch(CalculationRefused):
    """Raised when a row belongs to another tenant; the outside is told that it does not exist."""

    code = "TENANT_MISMATCH"

    def __init__(self, kind: str, entity_id: str) -> None:
        self.kind = kind
        self.entity_id = entity_id
        super().__init__(f"{kind} {entity_id} belongs to another tenant")


class PamHasBatches(CalculationRefused):
    """Raised when a PAM is to be deleted whose graph batches were calculated with."""

    code = "PAM_HAS_BATCHES"

    def __init__(self, pam_id: str) -> None:
        super().__init__(f"PAM {pam_id} has batches and cannot be deleted")


class NoItems(CalculationRefused):
    """Raised when a batch would have no items."""

    code = "NO_ITEMS"

    def __init__(self, pam_id: str, contract_id: str | None) -> None:
        super().__init__(f"No items for PAM {pam_id}" + (f" and contract {contract_id}" if contract_id else ""))


class InvalidMetadata(CalculationRefused):
    """Raised when the notes for a batch are no JSON that every database keeps."""

    code = "INVALID_METADATA"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The metadata cannot be stored: {reason}")


class InvalidPage(CalculationRefused):
    """Raised when a page of results is asked for that cannot exist."""

    code = "INVALID_PAGE"

    def __init__(self, page: int, page_size: int, most: int) -> None:
        super().__init__(f"Page {page} of {page_size}: pages start at 1 and hold 1 to {most} results")


class WrongState(CalculationRefused):
    """Raised when a batch is in a state in which this cannot be done."""

    def __init__(self, batch_id: str, status: str) -> None:
        self.batch_id = batch_id
        self.status = status
        super().__init__(self.sentence.format(batch_id=batch_id, status=status))

    sentence = "Batch {batch_id} is {status}"


class BatchNotRunnable(WrongState):
    """Raised when a failed or cancelled batch is to be executed without a retry."""

    code = "BATCH_NOT_RUNNABLE"
    sentence = "Batch {batch_id} cannot be run from state {status}"


class BatchNotFailed(WrongState):
    """Raised when a batch is to be retried in which nothing has failed."""

    code = "BATCH_NOT_FAILED"
    sentence = "Batch {batch_id} cannot be retried from state {status}"


class BatchNotCancellable(WrongState):
    """Raised when a batch is to be cancelled that has ended."""

    code = "BATCH_NOT_CANCELLABLE"
    sentence = "Batch {batch_id} cannot be cancelled from state {status}"


class BatchNotCompleted(WrongState):
    """Raised when the results of a batch are wanted that has not ended well."""

    code = "BATCH_NOT_COMPLETED"
    sentence = "Batch {batch_id} must be COMPLETED (is {status})"


class BatchDuplicate(CalculationRefused):
    """Raised when a retry would calculate what another live batch calculates."""

    code = "BATCH_DUPLICATE"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch {batch_id} has the inputs of another batch now")


class NoResults(CalculationRefused):
    """Raised when a batch without results is to be approved."""

    code = "NO_RESULTS"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch {batch_id} has no results")


class AlreadyPending(CalculationRefused):
    """Raised when an approval of the batch has been requested and not decided."""

    code = "ALREADY_PENDING"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"An approval of batch {batch_id} is pending")


class AlreadyApproved(CalculationRefused):
    """Raised when the batch has been approved, which is final."""

    code = "ALREADY_APPROVED"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch {batch_id} has been approved")


class NoPendingApproval(CalculationRefused):
    """Raised when there is no request to decide."""

    code = "NO_PENDING_APPROVAL"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"No approval of batch {batch_id} is pending")


class NotApproved(CalculationRefused):
    """Raised when a price is to be overridden before the batch is approved."""

    code = "NOT_APPROVED"

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"Batch {batch_id} has not been approved")


class ReasonRequired(CalculationRefused):
    """Raised when a decision that needs a reason is given none."""

    code = "REASON_REQUIRED"

    def __init__(self) -> None:
        super().__init__("A reason is required")


class InvalidPrice(CalculationRefused):
    """Raised when an override is no price that can be kept."""

    code = "INVALID_PRICE"

    def __init__(self, price: object) -> None:
        super().__init__(f"Not a price: {str(price)[:100]}")


class ResultNotFound(CalculationRefused):
    """Raised when the batch has no result for an item."""

    code = "RESULT_NOT_FOUND"

    def __init__(self, batch_id: str, item_id: str) -> None:
        super().__init__(f"Batch {batch_id} has no result for item {item_id}")


class ItemNotFound(CalculationRefused):
    """Raised when the tenant has no item of this id or SKU."""

    code = "ITEM_NOT_FOUND"

    def __init__(self, text: str) -> None:
        super().__init__(f"No item has the SKU or id {text}" if text else "Name an item by its SKU or id")


class SeveralItems(CalculationRefused):
    """Raised when contracts share a SKU and it alone names no item."""

    code = "SEVERAL_ITEMS"

    def __init__(self, sku: str, ids: list[str]) -> None:
        super().__init__(f"{len(ids)} items have the SKU {sku}; take an id: {', '.join(ids[:5])}")
