"""Row 10: the reply to an enqueue's COMMIT is lost, and the caller tries again with the same job id."""

from __future__ import annotations

from django.db import Error, close_old_connections, connections, transaction

from jobs import enqueue
from jobs.models import Job
from tests.chaos.ledger import note_all
from tests.chaos.proxies import behind_proxies
from tests.chaos.world import World

ASKS = 5


def run(world: World) -> None:
    """Enqueue through a proxy that loses the reply, inside a transaction and outside one."""
    proxies = behind_proxies(world)
    settings = connections["default"].settings_dict
    settings |= {"HOST": "127.0.0.1", "PORT": str(proxies.database.port)}
    settings["OPTIONS"] = {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
    connections["default"].close()
    world.start()
    for number in range(10 if world.short else 60):
        proxies.database.cut(b"COMMIT" if number % 2 else b"INSERT INTO jobs_job")
        _insist(world, in_transaction=bool(number % 2))
    world.check(proxies.database.lost >= 10, f"{proxies.database.lost} replies were lost")


def _insist(world: World, *, in_transaction: bool) -> None:
    work = world.work(1, ms=(0, 200))[0]
    note_all(world.ledger, "A", [work.key])
    failures = 0
    for _ in range(ASKS):
        try:
            if in_transaction:
                with transaction.atomic():
                    handle = enqueue(work)
            else:
                handle = enqueue(work)
            break
        except Error:
            failures += 1
            close_old_connections()
    note_all(world.ledger, "E", [work.key])
    world.check(failures == 1, f"{work.key}: one reply was lost ({failures})")
    world.check(not handle.created, f"{work.key}: the second call is told that the job is there")
    world.check(Job.objects.filter(job_id=work.key).count() == 1, f"{work.key}: one row")
