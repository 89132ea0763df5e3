"""What all requests of operators share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from jobs.api.exact_json import ExactJSONParser
from jobs.api.tenant_view import BodyTooLarge
from jobs.operator import Operator

MOST_BYTES = 1024 * 1024


class OperatorView(APIView):
    """Asks the services in the name of the caller, `by`; these say what the caller may do."""

    parser_classes = (ExactJSONParser,)

    @property
    def by(self) -> Operator:
        """The caller, within the limits of a token."""
        return Operator.of_request(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller and the size before anything is read."""
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise BodyTooLarge
        if any("\0" in str(part) for part in kwargs.values()):  # no id has one, and PostgreSQL takes none
            raise Http404

    def given(self, shape: type[serializers.BaseSerializer[Any]]) -> dict[str, Any]:
        """Return the checked body, or for a GET the query, by its sources; raises ValidationError."""
        data = self.request.query_params if self.request.method == "GET" else self.request.data
        wanted = shape(data=data)
        wanted.is_valid(raise_exception=True)
        checked: dict[str, Any] = wanted.validated_data
        return checked


class ReasonShape(serializers.Serializer[Any]):
    """Why, for the audit log."""

    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")
