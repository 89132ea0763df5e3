"""Measures how many signed deliveries two worker processes make to a local receiver."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.parts.process import Figures, children_cpu_s, run_part, wait_until, workers

MESSAGES = 2_000
WARM = 100


def measure() -> Figures:
    """Return deliveries per second after the first ones, and the processor time of one, the workers' start included."""
    from jobs import Tenant
    from webhooks.models import DeliveryAttempt, DeliveryStatus, WebhookDelivery
    from webhooks.services.emit import emit
    from webhooks.services.endpoints import create_endpoint

    tenant = Tenant.objects.create(pk="bench-webhooks", name="Bench", slug="bench-webhooks")
    facts = {
        "batchId": "b", "pamId": "p", "pamName": "P", "asOfDate": "2024-01-15",
        "status": "COMPLETED", "itemCount": 1, "executionTimeMs": 1,
    }  # fmt: skip
    done = WebhookDelivery.objects.filter(tenant=tenant, status=DeliveryStatus.SUCCESS)
    with _receiver() as url:
        create_endpoint(tenant_id=tenant.pk, url=url, event_types=["calc.batch.completed"])
        for n in range(MESSAGES):
            emit(event_type="calc.batch.completed", tenant_id=tenant.pk, key=f"bench:{n}", facts=facts)
        with workers("webhooks"):
            wait_until(lambda: done.count() >= WARM)
            first, begun = done.count(), time.monotonic()
            if first >= MESSAGES / 2:
                raise RuntimeError(f"{first} of {MESSAGES} deliveries were made while the workers started: use more")
            wait_until(lambda: done.count() == MESSAGES)
            rate = (MESSAGES - first) / (time.monotonic() - begun)
        retries = DeliveryAttempt.objects.filter(delivery__tenant=tenant, number__gt=1).count()
        return {
            "webhook_retries": retries,
            "webhook_deliveries_per_s": rate,
            "webhook_workers_cpu_ms": 1000 * children_cpu_s() / MESSAGES,
        }


@contextmanager
def _receiver() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.parts.receiver"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout  # noqa: S101
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    run_part(measure)
