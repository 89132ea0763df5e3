"""All URLs of the project."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from jobs.api.audit import ExportView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("jobs/favicon.svg"))),
    path("admin/", admin.site.urls),
    path("api/jobs/", include("jobs.api.urls")),
    path("api/audit/export", ExportView.as_view(), name="audit-export"),
    path("api/ingestion/", include("ingestion.api.urls")),
    path("api/", include("calculations.api.urls")),
    path("api/", include("reports.api.urls")),
    path("api/webhooks/", include("webhooks.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
