"""Loads of index values: what came in and what became of it."""

from django.db import models

from jobs import new_id


class Source(models.TextChoices):
    """Where rows come from: a file, or points that the job's payload carries."""

    CSV = "csv"
    API = "api"
    MANUAL = "manual"


class RunStatus(models.TextChoices):
    """How far a run is; SUCCESS and FAILED are final."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class IngestionRun(models.Model):
    """One load. Its id is the upload id of the job and the ingestion id of the event.

    `rows_done` moves with the counts in the transaction of each chunk, so a run that was cut short goes on where it
    stopped. `series_code`, `as_of_date` and `version_tag` are the payload's; `stored` says the same of the rows that
    are in the table, for files.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="ingestion_runs")
    source = models.CharField(max_length=6, choices=Source)
    provider = models.CharField(max_length=100)
    series_code = models.CharField(max_length=64, null=True, blank=True)
    as_of_date = models.DateField(null=True, blank=True)
    version_tag = models.CharField(max_length=11, null=True, blank=True)
    points = models.JSONField(null=True, blank=True)
    filters = models.JSONField(default=dict, blank=True)
    force = models.BooleanField(default=False)
    create_missing_series = models.BooleanField(default=False)
    requested_by = models.CharField(max_length=150, null=True, blank=True)

    status = models.CharField(max_length=7, choices=RunStatus, default=RunStatus.QUEUED)
    rows_done = models.PositiveIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    fetched_count = models.PositiveIntegerField(default=0)
    filtered_count = models.PositiveIntegerField(default=0)
    upserted_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list, blank=True)
    stored = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="ingestion_run_source"),
            models.CheckConstraint(condition=models.Q(status__in=RunStatus.values), name="ingestion_run_status"),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="ingestion_run_latest")]

    def __str__(self) -> str:
        return f"{self.source} {self.id}"

    @property
    def is_finished(self) -> bool:
        """Return whether nothing more will happen to this run."""
        return self.status in (RunStatus.SUCCESS, RunStatus.FAILED)

    @property
    def record_count(self) -> int:
        """Return how many rows of the input the table holds after the run."""
        return self.upserted_count + self.skipped_count


class IngestionContent(models.Model):
    """The text of an uploaded file; apart from its run, whose row is rewritten with every chunk."""

    run = models.OneToOneField(IngestionRun, on_delete=models.CASCADE, primary_key=True, related_name="content")
    text = models.TextField()

    def __str__(self) -> str:
        return f"content of {self.run_id}"
