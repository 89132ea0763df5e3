"""The requests about index data."""

from __future__ import annotations

from http import HTTPStatus

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ingestion.api.shapes import RunShape, UploadedShape, UploadShape
from ingestion.conf import ingestion_settings
from ingestion.errors import RunNotFound, TenantMismatch
from ingestion.faults import CsvTooLarge, FileFault
from ingestion.models import Source
from ingestion.payloads import IngestIndexData
from ingestion.services.describe import describe_run
from ingestion.services.run import find_run
from ingestion.services.upload import upload_csv
from jobs import Right, TenantView, problem


class IngestionView(TenantView):
    """Knows what the ingestion services refuse."""

    queue = "ingestion"

    def answer_to(self, error: Exception) -> Response | None:
        """Return the problem; another tenant's run is one that does not exist."""
        if isinstance(error, RunNotFound | TenantMismatch):
            return problem(HTTPStatus.NOT_FOUND, detail=str(RunNotFound(error.run_id)), code="RUN_NOT_FOUND")
        if isinstance(error, CsvTooLarge):
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail=str(error), code=error.code)
        if isinstance(error, FileFault):
            return problem(HTTPStatus.BAD_REQUEST, detail=str(error), code=error.code)
        return None


class UploadView(IngestionView):
    """Files that come in."""

    needs = {"POST": Right.UPLOAD}

    @property
    def max_body_bytes(self) -> int:
        """How large a body is read: JSON writes some characters of a file with six."""
        return 6 * ingestion_settings().max_csv_bytes + super().max_body_bytes

    @extend_schema(operation_id="ingestion_upload", request=UploadShape, responses={202: UploadedShape})
    def post(self, request: Request) -> Response:
        """Keep a CSV file and enqueue its load."""
        run = upload_csv(tenant_id=self.tenant_id, requested_by=self.user_id, **self.body(UploadShape))
        job = IngestIndexData(tenant_id=self.tenant_id, source=Source.CSV, upload_id=run.pk)
        return Response({"ingestionId": run.pk, "jobId": job.default_job_id()}, status=HTTPStatus.ACCEPTED)


class RunView(IngestionView):
    """One load."""

    @extend_schema(operation_id="ingestion_get", responses=RunShape)
    def get(self, request: Request, run_id: str) -> Response:
        """Show a run's state, counts and errors."""
        return Response(describe_run(find_run(run_id=run_id, tenant_id=self.tenant_id)))
