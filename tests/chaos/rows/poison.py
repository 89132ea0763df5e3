"""Row 4: jobs that kill, hang, exhaust or block their process, among good ones."""

from __future__ import annotations

from jobs.models import Job
from tests.chaos.actors import MISDEEDS, Hold, Poison
from tests.chaos.world import World


def run(world: World) -> None:
    """Mix poison and neighbours; all poison becomes dead letters with reasons, all neighbours complete."""
    world.start()
    world.quiet_s = 150
    world.enqueue(world.work(30, ms=(20, 200)))
    hold = world.keys(1, "hold")[0]
    world.enqueue([Hold(ledger=world.ledger, key=hold, seconds=7)])
    world.enqueue(world.work(30, ms=(20, 200)))
    world.until(lambda: Job.objects.get(job_id=hold).state == "completed", "the GIL's holder completes", seconds=40)
    world.check(Job.objects.get(job_id=hold).losses == 0, "the GIL's holder kept its lease and ran once")
    for what in MISDEEDS:
        key = f"poison-{what}"
        world.dead.add(key)
        world.enqueue([Poison(ledger=world.ledger, key=key, what=what)], attempts=1)
        world.enqueue(world.work(20, ms=(20, 200)))
    world.until(lambda: world.unfinished() == 0, "all poison is put aside", seconds=world.quiet_s)
    for key, kind, error in Job.objects.filter(state="failed").values_list("job_id", "error_type", "error"):
        world.say(f"{key}: {kind}: {error[:100]}")
        world.check(kind and error, f"{key} says why it is a dead letter")
