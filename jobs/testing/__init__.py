"""For the tests of people who use the engine: run jobs without any server.

`drain()` runs what is due on the calling thread, through the same claim, hooks and record as a worker; `inline()` does
so at every commit (`committed()` stands for one inside a TestCase); `assert_enqueued` looks for a job. Set
`JOBS = {"DISPATCH": False}` (or use the fixture `jobs_without_redis` of `jobs.testing.plugin`) and no Redis is asked.
"""

from jobs.testing.drain import committed, drain, inline
from jobs.testing.look import assert_enqueued, assert_not_enqueued

__all__ = ["assert_enqueued", "assert_not_enqueued", "committed", "drain", "inline"]
