"""The paths under `api/jobs/`."""

from django.urls import path

from jobs.api.events import EventsView
from jobs.api.figures import FiguresView
from jobs.api.flows import CancelFlowView, FlowView, FreeView, RetryFlowView
from jobs.api.schedules import RunView, SchedulesView, ScheduleView, SwitchView
from jobs.api.views import FailedView, JobView, MetricsView, RetryFailedView, RetryView
from jobs.api.workers import WorkersView

app_name = "jobs"

urlpatterns = [
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("events", EventsView.as_view(), name="events"),
    path("figures", FiguresView.as_view(), name="figures"),
    path("workers", WorkersView.as_view(), name="workers"),
    path("schedules", SchedulesView.as_view(), name="schedules"),
    path("schedules/<str:schedule>", ScheduleView.as_view(), name="schedule"),
    path("schedules/<str:schedule>/pause", SwitchView.as_view(verb="pause"), name="schedule-pause"),
    path("schedules/<str:schedule>/resume", SwitchView.as_view(verb="resume"), name="schedule-resume"),
    path("schedules/<str:schedule>/run", RunView.as_view(), name="schedule-run"),
    path("flows/<str:flow>", FlowView.as_view(), name="flow"),
    path("flows/<str:flow>/retry", RetryFlowView.as_view(), name="flow-retry"),
    path("flows/<str:flow>/cancel", CancelFlowView.as_view(), name="flow-cancel"),
    path("<str:queue>/failed", FailedView.as_view(), name="failed"),  # a job of this id is found by its UUID
    path("<str:queue>/retry-failed", RetryFailedView.as_view(), name="retry-failed"),
    path("<str:queue>/<str:job_id>", JobView.as_view(), name="job"),
    path("<str:queue>/<str:job_id>/waits", FreeView.as_view(), name="waits"),
    path("<str:queue>/<str:job_id>/retry", RetryView.as_view(), name="retry"),
]
