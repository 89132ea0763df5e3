"""The paths under `api/` that begin with `reports`."""

from django.urls import path

from reports.api.views import DownloadView, ReportsView, ReportView

app_name = "reports"

urlpatterns = [
    path("reports", ReportsView.as_view(), name="reports"),
    path("reports/<str:report_id>", ReportView.as_view(), name="report"),
    path("reports/<str:report_id>/download", DownloadView.as_view(), name="download"),
]
