"""The requests about batches."""

from __future__ import annotations

from http import HTTPStatus

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from calculations.api.answers import BatchAnswer, BatchesAnswer, BatchJobAnswer, PricesAnswer
from calculations.api.shapes import CreateBatchShape, OverrideShape, PageShape
from calculations.api.view import CalculationView
from calculations.payloads import CalculateBatch
from calculations.services.batch_results import Price, batch_results, frozen_items
from calculations.services.batch_status import batch_status, report_batch
from calculations.services.cancel_batch import cancel_batch
from calculations.services.create_batch import create_batch
from calculations.services.latest_batches import latest_batches
from calculations.services.override import override
from calculations.services.retry_batch import retry_batch


class BatchesView(CalculationView):
    """The tenant's batches."""

    @extend_schema(operation_id="calculations_list", responses=BatchesAnswer)
    def get(self, request: Request) -> Response:
        """List the latest batches."""
        return Response({"batches": latest_batches(tenant_id=self.tenant_id)})

    @extend_schema(
        operation_id="calculations_create",
        request=CreateBatchShape,
        responses={202: BatchJobAnswer, 200: BatchJobAnswer},
    )
    def post(self, request: Request) -> Response:
        """Freeze the inputs and enqueue the calculation; 200 with the batch if one calculates the same."""
        creation = create_batch(tenant_id=self.tenant_id, user_id=self.user_id, **self.body(CreateBatchShape))
        batch = creation.batch
        job = CalculateBatch(tenant_id=self.tenant_id, batch_id=batch.pk, run=batch.run)
        report = report_batch(batch, is_duplicate=creation.is_duplicate).as_json()
        status = HTTPStatus.OK if creation.is_duplicate else HTTPStatus.ACCEPTED
        return Response(report | {"jobId": job.default_job_id()}, status=status)


class BatchView(CalculationView):
    """One batch."""

    @extend_schema(operation_id="calculations_get", responses=BatchAnswer)
    def get(self, request: Request, batch_id: str) -> Response:
        """Show how far a batch is."""
        return Response(batch_status(tenant_id=self.tenant_id, batch_id=batch_id).as_json())


class ResultsView(CalculationView):
    """The prices of a batch."""

    @extend_schema(operation_id="calculations_results", parameters=[PageShape], responses=PricesAnswer)
    def get(self, request: Request, batch_id: str) -> Response:
        """List a page of results, oldest first."""
        prices = batch_results(tenant_id=self.tenant_id, batch_id=batch_id, **self.query(PageShape))
        return Response(prices.as_json())


class CancelView(CalculationView):
    """The end of a batch before its time."""

    @extend_schema(operation_id="calculations_cancel", request=None, responses=BatchAnswer)
    def post(self, request: Request, batch_id: str) -> Response:
        """Stop a batch before its next page; 409 if it has ended."""
        batch = cancel_batch(tenant_id=self.tenant_id, batch_id=batch_id, user_id=self.user_id)
        return Response(report_batch(batch).as_json())


class RetryView(CalculationView):
    """A batch's next run."""

    @extend_schema(operation_id="calculations_retry", request=None, responses=BatchJobAnswer)
    def post(self, request: Request, batch_id: str) -> Response:
        """Calculate the items that failed again; 409 if none did."""
        retried = retry_batch(tenant_id=self.tenant_id, batch_id=batch_id, user_id=self.user_id)
        return Response(report_batch(retried.batch).as_json() | {"jobId": retried.job.job_id})


class OverrideView(CalculationView):
    """Agreed prices in place of calculated ones."""

    @extend_schema(operation_id="calculations_override", request=OverrideShape, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, batch_id: str) -> Response:
        """Set another price for an item of an approved batch, and answer its result."""
        wanted = self.body(OverrideShape)
        result = override(tenant_id=self.tenant_id, batch_id=batch_id, user_id=self.user_id, **wanted)
        return Response(Price(result=result, item=frozen_items(result.batch)[result.item_id]).as_json())
