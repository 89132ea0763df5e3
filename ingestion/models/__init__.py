"""The ingestion app's rows."""

from ingestion.models.feed import Feed, FeedFile
from ingestion.models.run import IngestionContent, IngestionRun, RunStatus, Source
from ingestion.models.series import DataType, Frequency, IndexSeries
from ingestion.models.value import IndexValue

__all__ = [
    "DataType",
    "Feed",
    "FeedFile",
    "Frequency",
    "IndexSeries",
    "IndexValue",
    "IngestionContent",
    "IngestionRun",
    "RunStatus",
    "Source",
]
