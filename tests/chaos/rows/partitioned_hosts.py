"""Row 21: two hosts in network namespaces share one Redis and one PostgreSQL; each is cut off in turn, and healed."""

from __future__ import annotations

import time

from jobs.conf import jobs_settings
from tests.chaos.crew import Crew
from tests.chaos.network import Host
from tests.chaos.proxies import behind_proxies
from tests.chaos.recovery import rerun_after
from tests.chaos.world import World

WORKS_AGAIN_S = 15.0
"""A healed host has to notice, to learn that its workers are fenced, and to start others."""


def run(world: World) -> None:
    """Cut off the host whose caretaker follows, then the one whose caretaker leads."""
    places = [(host, _start(world, host)) for host in (Host(number, world.closing) for number in (1, 2))]
    for (host, crew), leases in zip(reversed(places), (2, 2 if world.short else 8), strict=True):
        _cut_off(world, host, crew, leases)


def _start(world: World, host: Host) -> Crew:
    proxies = behind_proxies(world, address=host.address)
    return world.start(prefix=host.prefix, **proxies.environment)


def _cut_off(world: World, host: Host, crew: Crew, leases: int) -> None:
    lease = jobs_settings().lease_s

    def busy() -> bool:
        if world.unfinished() < 30:
            world.enqueue(world.work(40, ms=(200, 600)))
        return len(world.busy(crew)) == 2

    world.until(busy, "both workers of the host run something")
    lost, at = sorted(world.busy(crew)), time.time()
    host.cut()
    world.say(f"{host.name} cut off; {lost} run jobs")
    world.until(lambda: time.time() > at + leases * lease, f"{leases} leases pass", seconds=(leases + 1) * lease)
    world.until(lambda: world.unfinished() == 0, "all jobs end without the host", seconds=30)
    world.recovered(rerun_after(world.lines(), pids=lost, at=at), within=lease + 1, after=f"{host.name} was cut off")
    refused = _refusals(world)
    host.heal()
    healed = time.time()
    world.say(f"{host.name} healed")
    world.until(lambda: _refusals(world) > refused, "late outcomes are refused, and the log says so", seconds=30)
    world.until(lambda: _works(world, crew, lost, healed), "the healed host works again with fresh workers")
    took = time.time() - healed
    world.check(took < WORKS_AGAIN_S, f"the healed host works again within {WORKS_AGAIN_S:g} s (took {took:.2f} s)")


def _works(world: World, crew: Crew, lost: list[int], healed: float) -> bool:
    if world.unfinished() < 10:
        world.enqueue(world.work(20, ms=(20, 100)))
    fresh = set(crew.children()) - set(lost)
    return any(line.event == "F" and line.at > healed and line.pid in fresh for line in world.lines())


def _refusals(world: World) -> int:
    return (world.place / "workers.log").read_text().count("Refused: job")
