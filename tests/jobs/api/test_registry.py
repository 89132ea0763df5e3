"""The registry of workers over HTTP."""

from jobs.worker.lease import enter
from tests.jobs.api.conftest import Caller

PROCESS = "00000000-0000-7000-8000-00000000000a"


def test_the_registry_is_read_over_http(caller: Caller) -> None:
    enter(PROCESS, supervisor=PROCESS, queues=["reports"], threads=4)

    answer = caller("view_job").get("/api/jobs/workers")

    assert [worker["id"] for worker in answer.json()["workers"]] == [PROCESS]
    assert answer.json()["workers"][0]["memoryBytes"] is None
    assert caller().get("/api/jobs/workers").status_code == 403
