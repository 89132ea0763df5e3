"""What a batch is calculated from."""

from django.db import models


class BatchInputs(models.Model):
    """A batch's graph, items and index values as they were when it was created."""

    batch = models.OneToOneField(
        "calculations.CalcBatch", on_delete=models.CASCADE, primary_key=True, related_name="inputs"
    )
    frozen = models.JSONField()

    def __str__(self) -> str:
        return f"inputs of {self.batch_id}"
