"""How log lines look: for people as the engine words them, for machines as one JSON object with all fields."""

import json
import logging
from typing import Any

import structlog


def configuration(*, form: str, level: str) -> dict[str, Any]:
    """Return Django's LOGGING for the form `human` or `json`; everything goes to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "human": {"()": HumanLine},
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [
                    structlog.stdlib.add_log_level,
                    structlog.stdlib.add_logger_name,
                    structlog.stdlib.ExtraAdder(),
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.dict_tracebacks,
                ],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(serializer=json.dumps, default=str),
                ],
            },
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": form},
            "job": {"class": "jobs.logs.JobLogHandler", "formatter": "human"},
        },
        "root": {"handlers": ["stderr", "job"], "level": "WARNING" if level == "INFO" else level},
        "loggers": {
            "jobs": {"level": level},
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        },
    }


class HumanLine(logging.Formatter):
    """The engine's lines as they are (`[Calculation Worker] Completed: …`), others with level and logger in front."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return the line without its traceback."""
        if record.name.split(".")[0] == "jobs":
            return record.message
        return super().formatMessage(record)
