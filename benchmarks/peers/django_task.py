"""The task that django-tasks runs: a module that its workers can import once Django is up."""

from django_tasks import task

from benchmarks.peers.stamp import record


@task()
def stamped(n: int, pad: str) -> None:
    """Note that it ran."""
    record(n)
