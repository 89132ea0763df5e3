"""What the requests about calculations share."""

from __future__ import annotations

from rest_framework.response import Response

from calculations.api.refusals import answer_to
from jobs import Right, TenantView


class CalculationView(TenantView):
    """Reads for members, writes for admins, and knows what the services refuse."""

    queue = "calculation"
    needs = {"POST": Right.WRITE}

    def answer_to(self, error: Exception) -> Response | None:
        """Return the problem."""
        return answer_to(error)
