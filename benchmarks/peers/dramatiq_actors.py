"""What both Dramatiqs send; the broker must be set before this module is imported."""

import dramatiq

from benchmarks.peers.stamp import PAD, record


@dramatiq.actor(queue_name="bench")
def stamped(n: int, pad: str) -> None:
    """Note that it ran."""
    record(n)


@dramatiq.actor(queue_name="bench", priority=-100)
def urgent(n: int, pad: str) -> None:
    """Note that it ran; Dramatiq's priorities are an actor's."""
    record(n)


def send(n: int) -> None:
    """Send a message."""
    stamped.send(n=n, pad=PAD)


def send_later(n: int, ms: int) -> None:
    """Send a message with a delay."""
    stamped.send_with_options(kwargs={"n": n, "pad": PAD}, delay=ms)


def send_urgent(n: int) -> None:
    """Send to the actor with the better priority."""
    urgent.send(n=n, pad=PAD)
