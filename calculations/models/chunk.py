"""Shares of a batch that are worked on apart."""

from django.db import models
from django.utils import timezone

from jobs import new_id


class CalcChunk(models.Model):
    """A run of a batch's frozen items, from `first` to before `end`, counted from 0.

    `position` moves with the page's results in one transaction under this row's lock, so a page is done once,
    however many workers try. Errors and warnings wait here until the batch is finished.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    batch = models.ForeignKey("calculations.CalcBatch", on_delete=models.CASCADE, related_name="chunks", db_index=False)
    run = models.PositiveIntegerField()
    index = models.PositiveIntegerField()
    first = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    item_errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "run", "index"], name="calc_chunk_key")]

    def __str__(self) -> str:
        return f"{self.batch_id} chunk {self.index} of run {self.run}"
