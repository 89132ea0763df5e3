"""The page for people who come from BullMQ: nothing of their document is left out, and what it shows works."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator, Mapping
from datetime import date
from io import StringIO
from itertools import pairwise
from typing import Any

import dramatiq
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.test import Client

from calculations.models import BatchInputs, CalcBatch
from calculations.services.create_batch import create_batch
from jobs import JobHandle, get_worker_status, start_workers, stop_workers
from jobs.conf import read
from jobs.models import Job
from jobs.testing import drain
from jobs_project.queue import enqueue_calculation
from tests.calculations.graphs import times
from tests.calculations.rows import make_contract, make_item, make_pam, make_tenant
from tests.documents import DOCS, Block, blocks, headings, python_blocks, run_block
from tests.ingestion.rows import make_series
from webhooks.models import WebhookMessage

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "from-bullmq.md"
HEADINGS = """
# Job Queue
## Overview
## Features
## Setup
### 1. Install Redis
### 2. Configure Redis URL
### 3. Start Workers
## Job Types
### Ingestion Jobs
### Calculation Jobs
### Webhook Jobs
### Report Jobs
## Job Options
### Priority
### Delay
### Job ID (Idempotency)
### Retry Attempts
## Retry Behavior
### Retry Example
## Dead Letter Queue
### Checking Failed Jobs
### Retrying Failed Jobs
## Job Status
### Check Job Status
### Job States
## Queue Metrics
### Get Metrics
### API Endpoint
## Worker Management
### Start Workers
### Stop Workers
### Worker Status
## Concurrency Limits
### Custom Concurrency
## Rate Limiting
## Job Progress
## Job Events
## Testing
### Unit Tests
### Integration Tests
## Monitoring
### Metrics Dashboard
### Alerts
### Logging
## Production Deployment
### Docker
### Kubernetes
### Scaling Workers
## Best Practices
### 1. Use Job IDs for Idempotency
### 2. Set Appropriate Timeouts
### 3. Handle Graceful Shutdown
### 4. Monitor Queue Depth
### 5. Clean Up Old Jobs
## Troubleshooting
### Jobs Not Processing
### Jobs Failing Repeatedly
### High Queue Depth
## Related Documentation
""".strip().splitlines()
"""The headings of the user's document, in their order."""
THEIRS = {"typescript": 28, "bash": 6, "json": 1, "": 1, "dockerfile": 1, "yaml": 1}
"""How many blocks of each language the user's document has."""


def make_batch(tenant_id: str, batch_id: str) -> None:
    """Store a queued batch of two items under an id of our choice, without a job."""
    tenant = make_tenant(tenant_id)
    pam, contract = make_pam(tenant, times()), make_contract(tenant)
    for price in ("100", "200"):
        make_item(pam, contract=contract, price=price)
    batch = create_batch(tenant_id=tenant.pk, pam_id=pam.pk, as_of_date=date(2024, 1, 15)).batch
    frozen = batch.frozen_inputs
    batch.delete()
    renamed = CalcBatch(**{f.attname: getattr(batch, f.attname) for f in CalcBatch._meta.concrete_fields})
    renamed.pk = batch_id
    renamed.save(force_insert=True)
    BatchInputs.objects.create(batch=renamed, frozen=frozen)
    Job.objects.all().delete()


@pytest.fixture
def batch(redis: Any) -> None:
    """Store tenant-123's batch-456."""
    make_batch("tenant-123", "batch-456")
    redis.flushdb()


@pytest.fixture
def test_batch(redis: Any) -> None:
    """Store test-tenant's test-batch."""
    make_batch("test-tenant", "test-batch")
    redis.flushdb()


@pytest.fixture
def calculated_batch(batch: None, redis: Any) -> None:
    """Calculate batch-456."""
    enqueue_calculation(tenant_id="tenant-123", batch_id="batch-456")
    drain()
    redis.flushdb()


@pytest.fixture
def dead_letter(redis: Any) -> None:
    """Let a calculation of a batch that nobody knows fail."""
    enqueue_calculation(tenant_id="tenant-123", batch_id="batch-404")
    drain()
    redis.flushdb()


@pytest.fixture
def series() -> None:
    """Store tenant-123's series WTI, without values."""
    make_series(make_tenant("tenant-123"), "WTI")


@pytest.fixture
def message() -> None:
    """Store tenant-123's message msg-789, to which no endpoint listens."""
    WebhookMessage.objects.create(
        id="msg-789",
        tenant=make_tenant("tenant-123"),
        event_type="calc.batch.completed",
        event_id="event-1",
        body="{}",
        idempotency_key="calc.batch.completed:batch-456:1",
    )


@pytest.fixture
def stopping() -> Iterator[None]:
    """Stop the workers that a block starts, and undo its signal handler."""
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)
    stop_workers()


@pytest.fixture
def workers(redis: Any, stopping: None) -> None:
    """Run workers on threads of this process."""
    start_workers()


@pytest.fixture
def own_actors() -> Iterator[None]:
    """Forget the actors that a block declares."""
    actors = dramatiq.get_broker().actors
    before = dict(actors)
    yield
    actors.clear()
    actors.update(before)


@pytest.mark.parametrize("block", python_blocks(PAGE), ids=str)
def test_what_the_page_shows_works(block: Block, redis: Any, own_actors: None, request: pytest.FixtureRequest) -> None:
    names = run_block(block, PAGE, request)

    if "JOBS" in names:
        assert read(names["JOBS"]).queues
    if "workers" in block.given and get_worker_status()[0]["is_running"]:
        for job in handles(names):
            job.wait_until_finished(timeout=60)


def handles(names: Mapping[str, Any]) -> list[JobHandle]:
    """Return the jobs among a block's names."""
    return [value for value in names.values() if isinstance(value, JobHandle)]


def test_an_event_reaches_its_callback(
    batch: None, workers: None, own_actors: None, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    run_block(next(b for b in python_blocks(PAGE) if b.heading == "Job Events"), PAGE, request)

    printed = capsys.readouterr().out
    assert "Job calc-tenant-123-batch-456 completed: {'status': 'SUCCESS'" in printed
    assert "Job calc-tenant-123-batch-456 progress: 100" in printed


def test_no_heading_of_their_document_is_missing() -> None:
    assert headings(PAGE) == HEADINGS


def test_no_block_of_their_document_is_missing() -> None:
    shown = [block.language for block in blocks(PAGE)]

    assert shown.count("typescript") == THEIRS["typescript"]
    assert all(shown.count(language) >= number for language, number in THEIRS.items())


def test_each_of_their_blocks_is_answered_by_one_of_ours() -> None:
    shown = [block.language for block in blocks(PAGE)]

    assert {after for before, after in pairwise(shown) if before == "typescript"} == {"python"}


def test_the_commands_that_the_page_names_are_there() -> None:
    shell = "".join(block.text for block in blocks(PAGE) if block.language == "bash")
    made = (DOCS.parent / "Makefile").read_text()

    assert set(re.findall(r"manage\.py (\w+)", shell)) <= set(get_commands())
    assert all(f"\n{target}:" in made for target in re.findall(r"^make (\w+)", shell, flags=re.MULTILINE))


def test_the_address_that_the_page_names_answers_as_shown(redis: Any, client: Client) -> None:
    get_user_model().objects.create_superuser("alice")
    token = StringIO()
    call_command("create_token", "alice", stdout=token)

    answer = client.get("/api/jobs/metrics", headers={"authorization": f"Bearer {token.getvalue().strip()}"}).json()

    shown = json.loads([block.text for block in blocks(PAGE) if block.language == "json"][-1])
    assert {queue: set(counts) for queue, counts in answer["metrics"].items()} == {
        queue: set(counts) for queue, counts in shown["metrics"].items()
    }
