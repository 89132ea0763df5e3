"""Where index values are fetched from again and again."""

from django.db import models

from jobs import new_id


class Feed(models.Model):
    """A URL that answers with a CSV file, or a folder of such files below the configured one. A schedule fetches it."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    tenant = models.ForeignKey("jobs.Tenant", on_delete=models.CASCADE, related_name="feeds")
    name = models.CharField(max_length=200)
    location = models.CharField(max_length=2_000, help_text="https://… or a folder below INGESTION['feed_folder'].")
    create_missing_series = models.BooleanField(default=False)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=400, blank=True, editable=False, help_text="Why the last fetch failed.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="ingestion_feed_name")]

    def __str__(self) -> str:
        return self.name


class FeedFile(models.Model):
    """A file that has been taken in; what it holds is known by its SHA-256, whatever it is called now."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="files", db_index=False)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=2_000)
    run = models.OneToOneField("ingestion.IngestionRun", on_delete=models.CASCADE, related_name="feed_file")
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "digest"], name="ingestion_feedfile_once")]

    def __str__(self) -> str:
        return self.name
