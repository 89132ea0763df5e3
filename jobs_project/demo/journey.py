"""The demo's way through: ingest, calculate, deliver, report; every step is a job that a worker process runs."""

from rich.console import Console

from jobs_project.demo import door, prices
from jobs_project.demo.facts import exit_faults, faults
from jobs_project.demo.place import ROOT, Place
from jobs_project.demo.receipts import verified_events
from jobs_project.demo.seed import Seeded, seed
from jobs_project.demo.steps import batches_of, calculate, deliver, ingest, report, settle
from jobs_project.demo.tally import as_table, count_jobs
from jobs_project.demo.verdict import Verdict
from jobs_project.demo.watch import Watch, progress_display
from jobs_project.local.commands import manage, serve
from jobs_project.local.ports import claim_port
from jobs_project.local.processes import Children


def travel(*, children: Children, place: Place, console: Console) -> Verdict:
    """Start the processes, go all the way, and judge what is there afterwards."""
    web, receiver = f"127.0.0.1:{claim_port()}", claim_port()
    tenants = seed(f"http://127.0.0.1:{receiver}/")
    children.start("web", serve(web), log=place.log("web"))
    children.start("receiver", _receive(receiver, tenants, place), log=place.log("receiver"))
    children.start("workers", manage("rundramatiq"), log=place.log("workers"))
    console.print(f"Web on http://{web}/, workers and a webhook receiver are running; logs in var/demo/.")
    with progress_display() as progress:
        watch = Watch(children, place, progress)
        ingest(tenants, watch)
        calculate(tenants, watch)
        deliver(tenants, watch, place)
        files = report(tenants, watch, place)
        settle(tenants, watch)
    counters = door.metrics(web)
    codes = children.stop()
    counts = count_jobs(tenant.tenant_id for tenant in tenants)
    console.print(prices.as_table(batches_of(tenants)))
    console.print(as_table(counts))
    console.print("Reports:")
    for file in files:
        console.print(f"  {file.relative_to(ROOT)} ({file.stat().st_size:,} bytes)", soft_wrap=True)
    return Verdict(
        jobs=counts,
        items=sum(batch.items_succeeded for batch in batches_of(tenants)),
        webhooks_verified=len(verified_events(place.received)),
        reports=tuple(str(file) for file in files),
        faults=(
            *faults(tenants, counts, place.received, files),
            *door.door_faults(counters, counts),
            *exit_faults(codes),
        ),
    )


def _receive(port: int, tenants: tuple[Seeded, ...], place: Place) -> list[str]:
    secrets = [word for tenant in tenants for word in ("--secret", tenant.secret)]
    return manage("webhook_receiver", "--port", str(port), "--log", str(place.received), *secrets)
