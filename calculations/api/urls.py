"""The paths under `api/` that begin with `calculations`."""

from django.urls import path

from calculations.api.approvals import ApproveView, RejectView, RequestApprovalView
from calculations.api.batches import BatchesView, BatchView, CancelView, OverrideView, ResultsView, RetryView

app_name = "calculations"

urlpatterns = [
    path("calculations", BatchesView.as_view(), name="batches"),
    path("calculations/<str:batch_id>", BatchView.as_view(), name="batch"),
    path("calculations/<str:batch_id>/results", ResultsView.as_view(), name="results"),
    path("calculations/<str:batch_id>/cancel", CancelView.as_view(), name="cancel"),
    path("calculations/<str:batch_id>/retry", RetryView.as_view(), name="retry"),
    path("calculations/<str:batch_id>/request-approval", RequestApprovalView.as_view(), name="request-approval"),
    path("calculations/<str:batch_id>/approve", ApproveView.as_view(), name="approve"),
    path("calculations/<str:batch_id>/reject", RejectView.as_view(), name="reject"),
    path("calculations/<str:batch_id>/override", OverrideView.as_view(), name="override"),
]
