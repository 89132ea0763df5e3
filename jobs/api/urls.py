"""The paths under `api/jobs/`."""

from django.urls import path

from jobs.api.events import EventsView
from jobs.api.figures import FiguresView
from jobs.api.flows import CancelFlowView, FlowView, FreeView, RetryFlowView
from jobs.api.job_views import AttemptsView, CancelView, JobsView, LogsView, PromoteView
from jobs.api.operations import OperationsView, OperationView, StopView
from jobs.api.queues import AlertsView, DeadLettersView, PauseView, QueuesView, QueueView
from jobs.api.schedules import RunView, SchedulesView, ScheduleView, SwitchView
from jobs.api.views import FailedView, JobView, MetricsView, RetryFailedView, RetryView
from jobs.api.workers import WorkersView

app_name = "jobs"

urlpatterns = [
    path("", JobsView.as_view(), name="jobs"),
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("events", EventsView.as_view(), name="events"),
    path("figures", FiguresView.as_view(), name="figures"),
    path("workers", WorkersView.as_view(), name="workers"),
    path("queues", QueuesView.as_view(), name="queues"),
    path("queues/<str:queue>", QueueView.as_view(), name="queue"),
    path("queues/<str:queue>/pause", PauseView.as_view(verb="pause"), name="queue-pause"),
    path("queues/<str:queue>/resume", PauseView.as_view(verb="resume"), name="queue-resume"),
    path("dead-letters", DeadLettersView.as_view(), name="dead-letters"),
    path("alerts", AlertsView.as_view(), name="alerts"),
    path("operations", OperationsView.as_view(), name="operations"),
    path("operations/<str:operation>", OperationView.as_view(), name="operation"),
    path("operations/<str:operation>/stop", StopView.as_view(), name="operation-stop"),
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
    path("<str:queue>/<str:job_id>/cancel", CancelView.as_view(), name="cancel"),
    path("<str:queue>/<str:job_id>/promote", PromoteView.as_view(), name="promote"),
    path("<str:queue>/<str:job_id>/attempts", AttemptsView.as_view(), name="attempts"),
    path("<str:queue>/<str:job_id>/logs", LogsView.as_view(), name="logs"),
    path("<str:queue>/<str:job_id>/waits", FreeView.as_view(), name="waits"),
    path("<str:queue>/<str:job_id>/retry", RetryView.as_view(), name="retry"),
]
