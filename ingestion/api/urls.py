"""The paths under `api/ingestion/`."""

from django.urls import path

from ingestion.api.views import RunView, UploadView

app_name = "ingestion"

urlpatterns = [
    path("csv-upload", UploadView.as_view(), name="upload"),
    path("<str:run_id>", RunView.as_view(), name="run"),
]
