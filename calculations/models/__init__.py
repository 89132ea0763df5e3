"""The calculations app's rows."""

from calculations.models.approval import ApprovalEvent, ApprovalStatus
from calculations.models.batch import BatchStatus, CalcBatch
from calculations.models.chunk import CalcChunk
from calculations.models.contract import Contract, ContractStatus
from calculations.models.inputs import BatchInputs
from calculations.models.item import FxPolicy, Item
from calculations.models.pam import PAM, OnNewValues, PamStatus
from calculations.models.result import CalcResult

__all__ = [
    "PAM",
    "ApprovalEvent",
    "ApprovalStatus",
    "BatchInputs",
    "BatchStatus",
    "CalcBatch",
    "CalcChunk",
    "CalcResult",
    "Contract",
    "ContractStatus",
    "FxPolicy",
    "Item",
    "OnNewValues",
    "PamStatus",
]
