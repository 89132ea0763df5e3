"""The paths under `api/webhooks/`."""

from django.urls import path

from webhooks.api.views import EndpointsView, EndpointView, RotateView, SecretView

app_name = "webhooks"

urlpatterns = [
    path("endpoints", EndpointsView.as_view(), name="endpoints"),
    path("endpoints/<str:endpoint_id>", EndpointView.as_view(), name="endpoint"),
    path("endpoints/<str:endpoint_id>/secret", SecretView.as_view(), name="secret"),
    path("endpoints/<str:endpoint_id>/secret/rotate", RotateView.as_view(), name="rotate"),
]
