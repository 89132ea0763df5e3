"""Default job ids (specification 11.3)."""

from typing import Any

from calculations.payloads import CalculateBatch
from ingestion.payloads import IngestIndexData
from jobs import Payload
from reports.payloads import GenerateReport
from webhooks.payloads import DeliverWebhook

TAKES: dict[str, type[Payload]] = {
    "ingestion": IngestIndexData,
    "calculation": CalculateBatch,
    "webhooks": DeliverWebhook,
    "reports": GenerateReport,
}


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the id that a payload has by default in its queue."""
    return {"jobId": TAKES[case["queue"]].read(case["payload"]).default_job_id()}
