"""The requests about reports."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Final

from django.http import FileResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from calculations.api.refusals import answer_to as answer_to_calculations
from jobs import AnyType, TenantView, problem
from reports.api.shapes import ReportShape, RequestedShape, RequestReportShape, tell_report
from reports.errors import ReportMismatch, ReportNotFound, ReportNotReady, ReportRefused
from reports.services.download import download_report
from reports.services.find import find_report
from reports.services.request import request_report

STATUSES: Final[Mapping[type[ReportRefused], HTTPStatus]] = {
    ReportNotFound: HTTPStatus.NOT_FOUND,
    ReportMismatch: HTTPStatus.NOT_FOUND,
    ReportNotReady: HTTPStatus.CONFLICT,
}


class ReportTenantView(TenantView):
    """Is open to every member, and knows what the services refuse."""

    queue = "reports"

    def answer_to(self, error: Exception) -> Response | None:
        """Return the problem, also for what the calculation services refuse."""
        if isinstance(error, ReportRefused):
            return problem(STATUSES[type(error)], detail=error.message, code=error.code)
        return answer_to_calculations(error)


class ReportsView(ReportTenantView):
    """Requests for reports."""

    @extend_schema(
        operation_id="reports_request",
        request=RequestReportShape,
        responses={202: RequestedShape, 200: RequestedShape},
    )
    def post(self, request: Request) -> Response:
        """Enqueue the making of a report; 200 if there is one that shows the batch as it is."""
        wanted = self.body(RequestReportShape)
        requested = request_report(tenant_id=self.tenant_id, user_id=self.user_id, **wanted)
        status = HTTPStatus.ACCEPTED if requested.created else HTTPStatus.OK
        return Response({"reportId": requested.report.pk, "jobId": requested.report.job_id}, status=status)


class ReportView(ReportTenantView):
    """One report."""

    @extend_schema(operation_id="reports_get", responses=ReportShape)
    def get(self, request: Request, report_id: str) -> Response:
        """Show how far a report is."""
        return Response(tell_report(find_report(tenant_id=self.tenant_id, report_id=report_id)))


class DownloadView(ReportTenantView):
    """The file of a report."""

    content_negotiation_class = AnyType

    @extend_schema(
        operation_id="reports_download",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, report_id: str) -> HttpResponseBase:
        """Hand out the file; 409 before it is made. `X-Content-SHA256` is the stored hash of its bytes."""
        file = download_report(tenant_id=self.tenant_id, report_id=report_id)
        answer = FileResponse(
            BytesIO(file.content), as_attachment=True, filename=file.filename, content_type=file.content_type
        )
        answer["X-Content-SHA256"] = file.sha256
        return answer
