"""Row 8: the reply to a script or statement is lost after it has run: an add, take, beat, claim, record."""

from __future__ import annotations

from jobs.dispatch.scripts import script
from tests.chaos.actors import Effect
from tests.chaos.proxies import behind_proxies
from tests.chaos.world import World

SCRIPTS = ("add", "exchange", "beat", "release")
STATEMENTS = {
    "claim": b"generation = generation + 1, attempts = attempts + 1",
    "record": b"WITH outcome AS MATERIALIZED",
    "complete": b"UPDATE jobs_job SET state = 'completed'",
    "commit": b"COMMIT",
    "renewal": b"UPDATE jobs_process SET lease_until",
}


def run(world: World) -> None:
    """Lose each of them several times in seeded order, while both processes work."""
    proxies = behind_proxies(world)
    crew = world.start(**proxies.environment)
    patterns = [(proxies.redis, name, script(name).sha.encode()) for name in SCRIPTS]
    patterns += [(proxies.database, name, pattern) for name, pattern in STATEMENTS.items()]
    rounds = patterns * (1 if world.short else 4)
    world.random.shuffle(rounds)
    for proxy, name, pattern in rounds:
        world.enqueue(world.work(world.random.randint(10, 30), ms=(0, 30)))
        world.enqueue(world.work(4, failures=1))
        keys = world.keys(6, "effect")
        world.transactional.update(keys)
        world.enqueue([Effect(ledger=world.ledger, key=key) for key in keys])
        proxy.cut(pattern)
        if name == "release":
            world.kill(crew.children()[0])
        world.until(proxy.has_cut, f"a reply to {name} is lost", seconds=15)
        world.until(lambda: world.unfinished() == 0, f"all jobs end after the reply to {name} was lost", seconds=30)
        proxy.cut(b"")
        world.say(f"{name}: done")
