"""Row 8: the reply to a script or statement is lost after it has run, or the message itself comes far too late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from jobs.dispatch.dispatcher import Dispatcher
from jobs.dispatch.entries import Entry
from jobs.dispatch.scripts import script
from jobs.models import Job
from tests.chaos.actors import Effect
from tests.chaos.ledger import note_all
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
    for number in range(1 if world.short else 3):
        _stop_caller(world, number)
    _add_again(world)


def _stop_caller(world: World, number: int) -> None:
    """Stop a caller between COMMIT and add until the patrol has sent its jobs and they have ended."""
    keys = world.keys(5, f"late-{number}")
    note_all(world.ledger, "A", keys)
    caller = subprocess.Popen([sys.executable, "-m", "tests.chaos.caller", world.ledger, *keys])
    mine = Job.objects.filter(job_id__in=keys)
    world.until(lambda: os.waitid(os.P_PID, caller.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT), "the caller stops")
    note_all(world.ledger, "E", keys)
    world.until(lambda: mine.filter(state="completed").count() == len(keys), "the patrol sends what no caller has sent")
    caller.send_signal(signal.SIGCONT)
    world.check(caller.wait(30) == 0, "the caller goes on in order")
    world.until(lambda: world.entries() == (0, 0, 0), "its late message leaves nothing in Redis")


def _add_again(world: World) -> None:
    """Repeat the messages of jobs that have ended: they are taken, not claimed, and gone."""
    known = Job.objects.values_list("pk", "priority")
    added = Dispatcher(world.store.url).add([Entry("chaos", str(pk), priority) for pk, priority in known])
    world.check(added > 0, f"{added} messages are repeated after the end of their jobs")
    world.until(lambda: world.entries() == (0, 0, 0), "repeated messages leave nothing in Redis")
