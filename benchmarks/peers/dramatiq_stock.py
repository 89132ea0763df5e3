"""Dramatiq with its own Redis broker and default middleware; nothing is kept of a job."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))

from benchmarks.peers.dramatiq_actors import send, send_later, send_urgent  # noqa: E402, F401  # the broker first
