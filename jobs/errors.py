"""Every error of the engine, and the three words an actor may raise to say what follows."""

from __future__ import annotations

from typing import Any


class JobsError(Exception):
    """The base of the engine's own errors."""


class InvalidSettings(JobsError):
    """Raised when `settings.JOBS` cannot be used as it stands."""

    def __init__(self, key: str, problem: str, example: str) -> None:
        super().__init__(f"settings.JOBS[{key!r}]: {problem}. For example: {example}")


class InvalidPayload(JobsError):
    """Raised when a payload does not fit its model; names every fault."""

    def __init__(self, name: str, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(f"{name} cannot be enqueued: " + "; ".join(faults))


class NoSuchActor(JobsError):
    """Raised when no code here declares the actor of a job."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No actor {name!r} is declared, under this name or as `formerly` of another.")


class PayloadTooNew(JobsError):
    """Raised when a payload was written by newer code; worth another try, while that code is being deployed."""

    def __init__(self, name: str, version: int, known: int) -> None:
        super().__init__(
            f"{name} was written as version {version}, this code knows {known}. Deploy the newer code, then retry."
        )


class PayloadTooLarge(JobsError):
    """Raised when a payload is larger than a job may carry."""

    def __init__(self, name: str, size: int, limit: int) -> None:
        super().__init__(
            f"The payload of {name} has {size} bytes, {limit} are allowed. "
            "Store bulky input in a row of your own and put its id into the payload."
        )


class InvalidJobId(JobsError):
    """Raised when a job id is empty, too long, or holds characters that URLs cannot carry."""

    def __init__(self, job_id: object) -> None:
        super().__init__(f"{job_id!r} is no job id: 1 to 200 printable characters without '/' are")


class InvalidOption(JobsError):
    """Raised when an enqueue option is outside its range."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name}={value!r}: {expected} expected")


class InvalidFilter(JobsError):
    """Raised when the text of a job filter cannot be read; `position` is where, from 0."""

    def __init__(self, problem: str, *, position: int) -> None:
        self.problem, self.position = problem, position
        super().__init__(f"{problem} (at character {position + 1})")


class InvalidTimetable(JobsError):
    """Raised when a cron line, an interval or a time zone cannot be used."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"No such timetable: {problem}")


class InvalidSchedule(JobsError):
    """Raised when a schedule cannot be kept as it is given; names the field."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(f"{field}: {problem}")


class UnknownSchedule(JobsError):
    """Raised when a schedule is asked for that is not kept, or is not the caller's."""

    def __init__(self, schedule: object) -> None:
        super().__init__(f"No schedule {schedule}")


class NotPermitted(JobsError):
    """Raised when somebody may not do what they ask for, to no job, queue or tenant."""

    def __init__(self, deed: str) -> None:
        self.deed = deed
        super().__init__(f"You may not {deed}.")


class NoActor(JobsError):
    """Raised when a payload type is enqueued that no actor takes."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No actor takes {name}. Declare one with @jobs.actor in an actors.py of an installed app.")


class UnknownQueue(JobsError):
    """Raised when a queue is asked for that neither settings nor an actor declares."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.queue = name
        super().__init__(f"No queue {name!r}. Known: {', '.join(known)}")


class UnknownProcess(JobsError):
    """Raised when an order is meant for a process that is not registered, or no longer works."""

    def __init__(self, process: object) -> None:
        super().__init__(f"No worker process {process} is at work")


class NotConfirmed(JobsError):
    """Raised when a queue is to be obliterated and its name was not typed again."""

    def __init__(self, queue: str) -> None:
        super().__init__(f"This deletes every job of {queue!r} for good. Type the queue's name to confirm.")


class EraseNotConfirmed(JobsError):
    """Raised when a tenant is to be erased and its id was not typed again."""

    def __init__(self, tenant: str) -> None:
        super().__init__(f"This deletes all that belongs to tenant {tenant!r} for good. Type its id again to confirm.")


class TenantBusy(JobsError):
    """Raised when a tenant is to be erased while its jobs run."""

    def __init__(self, tenant: str, running: int) -> None:
        super().__init__(f"{running} jobs of tenant {tenant!r} run. Wait for them, or force it.")


class QueueBusy(JobsError):
    """Raised when a queue is to be obliterated while its jobs run."""

    def __init__(self, queue: str, running: int) -> None:
        super().__init__(f"{running} jobs of {queue!r} run. Pause it and wait for them, or force it.")


class JobNotFound(JobsError):
    """Raised when no row is kept for a job."""

    def __init__(self, queue: str, job_id: str) -> None:
        super().__init__(f"No job {job_id!r} in queue {queue!r}")


class StaleJob(JobsError):
    """Raised when a job has moved on since the caller looked."""

    def __init__(self, job: object, *, expected: str, found: str | None) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"Job {job} is {found or 'gone'}, not {expected}")


class OperationOver(JobsError):
    """Raised when an operation is stopped that does not run."""

    def __init__(self, operation: object) -> None:
        super().__init__(f"Operation {operation} does not run: it is finished, stopped or unknown")


class FenceLost(JobsError):
    """Raised when `complete()` comes too late: the job has been taken away from this run."""

    def __init__(self, job: object, generation: int) -> None:
        super().__init__(f"Job {job} no longer belongs to this run (generation {generation}); its effects roll back")


class NoCurrentJob(JobsError):
    """Raised when `current_job()` is called outside a job."""

    def __init__(self) -> None:
        super().__init__("current_job() is only known inside an actor's run")


class NotInTransaction(JobsError):
    """Raised when `complete()` is called outside a transaction, where it could not hold the effects together."""

    def __init__(self) -> None:
        super().__init__("complete() belongs inside the transaction.atomic() block that holds the job's effects")


class ResultTooLarge(JobsError):
    """Raised when a result is larger than a row keeps."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The result has {size} bytes, {limit} are kept. Store it in a row and return its id.")


class ResultNotJson(JobsError):
    """Raised when an actor returns what JSON cannot hold."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The result is not JSON: {reason}. Return plain dicts, lists, texts, numbers.")


class WaitTimeout(JobsError):
    """Raised when a job has not finished within the time the caller wanted to wait."""

    def __init__(self, job: object, seconds: float, state: str) -> None:
        super().__init__(f"Job {job} was still {state} after {seconds:g} s")


class JobLost(JobsError):
    """Raised when a job is waited for whose row is gone."""

    def __init__(self, job: object) -> None:
        super().__init__(f"Job {job} is gone: it was deleted or its transaction was rolled back")


class JobFailed(JobsError):
    """Raised when a job is waited for that ends failed or cancelled."""

    def __init__(self, job: object, state: str, reason: str) -> None:
        self.state, self.reason = state, reason
        super().__init__(f"Job {job} is {state}: {reason or 'no reason kept'}")


def facts(error: BaseException) -> dict[str, Any]:
    """Return the type name and message of an error, the message cut to what a row keeps."""
    return {"error_type": type(error).__qualname__[:200], "error": (str(error) or type(error).__name__)[:10_000]}


class InvalidEventId(JobsError):
    """Raised when a place in a stream of events is none."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place!r} is no event's id: they look like 1700000000000-0:1")


class FlowConflict(JobsError):
    """Raised when a job of a new flow is known already and would have to wait for others: it has its own life."""

    def __init__(self, queue: str, job_id: str) -> None:
        super().__init__(
            f"Job {job_id!r} is in queue {queue!r} already and cannot wait for jobs of a new flow; nothing was "
            "enqueued. Give it another job id, or give the flow a key, so that a second call returns the flow there."
        )


class FlowNotFound(JobsError):
    """Raised when a flow is asked for that is not there, or not for the caller."""

    def __init__(self, flow: str) -> None:
        super().__init__(f"There is no flow {flow!r}")


class OtherTenantsJob(JobsError):
    """Raised when a job would wait for a job of another tenant, whose result it could read."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"Job {job_id!r} cannot wait for a job of another tenant; nothing was enqueued.")


class NotInPlan(JobsError):
    """Raised when a job of a plan should wait for something that is neither of this plan nor a job."""

    def __init__(self, given: object) -> None:
        super().__init__(f"{given!r} is not what an earlier add() of this plan has returned, nor a job's handle.")
