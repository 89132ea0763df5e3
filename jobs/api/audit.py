"""The request for the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any, Final

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from jobs.api.any_type import AnyType
from jobs.api.tenancy import Right
from jobs.api.tenant_view import TenantView
from jobs.services.audit_export import AuditFilter, export_audit

TYPES: Final[Mapping[str, str]] = {"jsonl": "application/jsonl", "json": "application/json"}


class ExportShape(serializers.Serializer[Any]):
    """Which entries are wanted, and how; both times are inside."""

    format = serializers.ChoiceField(choices=list(TYPES), default="jsonl")
    action = serializers.CharField(max_length=32, required=False)
    entityType = serializers.CharField(source="entity_type", max_length=32, required=False)  # noqa: N815  # JSON names
    entityId = serializers.CharField(source="entity_id", max_length=200, required=False)  # noqa: N815
    userId = serializers.CharField(source="user_id", max_length=150, required=False)  # noqa: N815
    correlationId = serializers.CharField(source="correlation_id", max_length=64, required=False)  # noqa: N815
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class ExportView(TenantView):
    """The tenant's audit log, for admins."""

    needs = {"GET": Right.READ_AUDIT}
    content_negotiation_class = AnyType

    @extend_schema(
        operation_id="audit_export",
        parameters=[ExportShape],
        responses={(200, content_type): OpenApiTypes.STR for content_type in TYPES.values()},
    )
    def get(self, request: Request) -> FileResponse:
        """Export entries, oldest first and redacted; `X-Export-Hash` is the SHA-256 of exactly the bytes sent."""
        wanted = self.query(ExportShape)
        form = wanted.pop("format")
        with ExitStack() as until_answered:
            # On disk, as the hash goes before the bytes, and those may not fit memory
            file = until_answered.enter_context(TemporaryFile())
            export = export_audit(tenant_id=self.tenant_id, into=file, wanted=AuditFilter(**wanted), form=form)
            file.seek(0)
            until_answered.pop_all()  # the answer closes the file
        answer = FileResponse(file, as_attachment=True, filename=f"audit.{form}", content_type=TYPES[form])
        answer["X-Export-Hash"] = export.sha256
        answer["X-Export-Count"] = str(export.count)
        return answer
