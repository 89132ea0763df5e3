"""Log lines: the engine's words for people, one JSON object for machines."""

import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from jobs_project import logs


@pytest.fixture
def restored_logging(settings: Settings) -> Iterator[None]:
    """Put Django's own configuration back afterwards."""
    yield
    logging.config.dictConfig(settings.LOGGING)


def test_people_read_the_engine_s_line_as_it_is(restored_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logs.configuration(form="human", level="INFO"))

    logging.getLogger("jobs.worker").info(
        "[Calculation Worker] Completed: calc-a-b (2.3s)", extra={"queue": "calculation"}
    )
    logging.getLogger("other").warning("careful")

    assert capsys.readouterr().err.splitlines() == [
        "[Calculation Worker] Completed: calc-a-b (2.3s)",
        "WARNING other: careful",
    ]


def test_machines_read_one_object_with_all_fields(restored_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logs.configuration(form="json", level="INFO"))

    logging.getLogger("jobs.worker").info(
        "[Worker] Job failed: %s", "calc-a-b", extra={"queue": "calculation", "attempt": 3}
    )

    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "[Worker] Job failed: calc-a-b"
    assert (line["queue"], line["attempt"], line["level"], line["logger"]) == ("calculation", 3, "info", "jobs.worker")
    assert line["timestamp"].endswith("Z")


def test_an_error_s_traceback_is_in_both(restored_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("human", "json"):
        logging.config.dictConfig(logs.configuration(form=form, level="INFO"))
        try:
            int("the reason")
        except ValueError:
            logging.getLogger("jobs").exception("It broke")

        assert "the reason" in capsys.readouterr().err
