"""What the calculation jobs carry."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jobs import Payload

Run = Annotated[int, Field(ge=1)]


class CalculateBatch(Payload):
    """Calculate a batch; `run` counts its retries, from 1; without it the job takes the batch as it finds it."""

    tenant_id: str
    batch_id: str
    run: Run | None = None

    def default_job_id(self) -> str:
        """Name the job after the batch: a second request is the same job, a retry is another."""
        suffix = f"-r{self.run}" if self.run and self.run > 1 else ""
        return f"calc-{self.tenant_id}-{self.batch_id}{suffix}"


class CalculateChunk(Payload):
    """Calculate one share of a large batch."""

    tenant_id: str
    batch_id: str
    run: Run
    chunk: Annotated[int, Field(ge=0)]

    def default_job_id(self) -> str:
        """Name the job after the share."""
        return f"calc-{self.tenant_id}-{self.batch_id}-r{self.run}-c{self.chunk}"


class Recalculate(Payload):
    """Start the batches that follow from what a load has changed."""

    tenant_id: str
    ingestion_id: str

    def default_job_id(self) -> str:
        """Name the job after the load: announced again, it is the same job."""
        return f"recalculate-{self.tenant_id}-{self.ingestion_id}"
