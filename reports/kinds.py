"""Which reports there are."""

from django.db import models


class ReportType(models.TextChoices):
    """What a report tells of a batch."""

    PRICE_MATH = "price-math", "price math"
    AUDIT = "audit", "audit"


class ReportFormat(models.TextChoices):
    """What a report's file is."""

    PDF = "pdf", "PDF"
    CSV = "csv", "CSV"


CONTENT_TYPES = {ReportFormat.PDF: "application/pdf", ReportFormat.CSV: "text/csv; charset=utf-8"}
