"""What the engine and the services announce to whoever listens."""

from django.dispatch import Signal

announced = Signal()
"""A domain change, sent inside its transaction: `type`, `tenant_id`, `key` (names this one change), `facts`."""

job_completed = Signal()
"""A job has completed: `job` (a JobHandle), `queue`, `actor`, which is the sender's name, too.

This and the next three are sent in the worker process after the commit, on a thread of their own: receivers hold no job
up, and what is not sent when the process dies is never sent. What must follow a job for certain belongs into the job.
"""

job_failed = Signal()
"""A job is a dead letter now: `job`, `queue`, `actor`, `error` (the reason)."""

job_retried = Signal()
"""A run has failed and the job will run again: `job`, `queue`, `actor`, `error`, `delay_ms`."""

job_cancelled = Signal()
"""A running job has been cancelled: `job`, `queue`, `actor`."""

tidied = Signal()
"""The caretaker has deleted what the engine need not keep any more, and does so every minute: apps may delete theirs.

Receivers take `at` (now), delete a bounded number, and may run twice or in two places at once.
"""

erasing = Signal()
"""A tenant is being erased: `tenant` (its id).

Receivers delete a bounded number of its rows (`jobs.erase_rows`) and return how many; they are called again until none
is left. What they raise ends the erasure, which goes on when it is asked for again.
"""
