"""How operators see contracts, mechanisms, batches and prices."""

from calculations.admin import approvals, batches, contracts, items, pams, results

__all__ = ["approvals", "batches", "contracts", "items", "pams", "results"]
