"""The requests about what people decide."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from calculations.api.answers import ApprovalAnswer, tell_approval
from calculations.api.shapes import ApproveShape, RejectShape
from calculations.api.view import CalculationView
from calculations.services.approve import approve
from calculations.services.reject import reject
from calculations.services.request_approval import request_approval


class RequestApprovalView(CalculationView):
    """Requests for approval."""

    @extend_schema(operation_id="calculations_request_approval", request=None, responses=ApprovalAnswer)
    def post(self, request: Request, batch_id: str) -> Response:
        """Ask for approval of a completed batch; 409 if it is pending or given."""
        event = request_approval(tenant_id=self.tenant_id, batch_id=batch_id, user_id=self.user_id)
        return Response(tell_approval(event))


class ApproveView(CalculationView):
    """Decisions for."""

    @extend_schema(operation_id="calculations_approve", request=ApproveShape, responses=ApprovalAnswer)
    def post(self, request: Request, batch_id: str) -> Response:
        """Approve the pending request and all results, for good."""
        wanted = self.body(ApproveShape)
        approval = approve(tenant_id=self.tenant_id, batch_id=batch_id, user_id=self.user_id, **wanted)
        return Response(tell_approval(approval.event) | {"itemsApproved": approval.items_approved})


class RejectView(CalculationView):
    """Decisions against."""

    @extend_schema(operation_id="calculations_reject", request=RejectShape, responses=ApprovalAnswer)
    def post(self, request: Request, batch_id: str) -> Response:
        """Reject the pending request; the reason must not be blank."""
        wanted = self.body(RejectShape)
        event = reject(tenant_id=self.tenant_id, batch_id=batch_id, user_id=self.user_id, **wanted)
        return Response(tell_approval(event))
