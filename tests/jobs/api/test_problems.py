"""The form of an error."""

from rest_framework.test import APIClient

from tests.jobs.api.conftest import Caller


def test_an_error_is_a_problem_document(db: None) -> None:
    answer = APIClient().get("/api/jobs/metrics")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Authentication credentials were not provided.",
        "code": "UNAUTHORIZED",
        "error": "Unauthorized",
    }


def test_a_wrong_method_is_a_problem_too(caller: Caller) -> None:
    answer = caller("view_job").delete("/api/jobs/metrics")

    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["content-type"] == "application/problem+json"


def test_faults_of_the_input_are_named_field_by_field(caller: Caller) -> None:
    answer = caller("view_job").get("/api/jobs/calculation/failed", {"start": "x"})

    assert answer.json()["details"] == {"start": ["A valid integer is required."]}
