"""How log lines look: for people as the engine words them, for machines as one JSON object with all fields."""

import json
import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict


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
                    add_trace,
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


def add_trace(logger: Any, name: str, fields: EventDict) -> EventDict:  # noqa: ARG001  # structlog's signature
    """Name the current trace and span, where OpenTelemetry is at work."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    if trace is not None and (here := trace.get_current_span().get_span_context()).is_valid:
        fields.update({"trace_id": f"{here.trace_id:032x}", "span_id": f"{here.span_id:016x}"})
    return fields


class HumanLine(logging.Formatter):
    """The engine's lines as they are (`[Calculation Worker] Completed: …`), others with level and logger in front."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return the line without its traceback."""
        if record.name.split(".")[0] == "jobs":
            return record.message
        return super().formatMessage(record)
