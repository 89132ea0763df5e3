"""What all requests about a tenant's data share."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import Http404
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView, set_rollback

from jobs.api.exact_json import ExactJSONParser
from jobs.api.tenancy import HEADER, Right, tenant_of
from jobs.operator import Operator
from jobs.permissions import Deed
from jobs.services.permissions import check_scope, permit_in_queue


class BodyTooLarge(exceptions.APIException):
    """Raised when a request announces more bytes than its route reads."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."


class TenantView(APIView):
    """Serves the tenant of the caller: subclasses find it in `tenant_id` once the caller's role has been checked.

    `queue` is where its work is done: a token that is limited to other queues does not come in. `needs` names the
    right that a method asks for, reading if it is not listed. `answer_to` turns what the services refuse into problems.
    """

    parser_classes = (ExactJSONParser,)
    needs: ClassVar[Mapping[str, Right]] = {}
    queue: ClassVar[str] = ""
    tenant_id: str

    @property
    def max_body_bytes(self) -> int:
        """How large a body is read."""
        return 1024 * 1024

    @property
    def user_id(self) -> str:
        """The caller, as audit entries name people."""
        return str(self.request.user.pk)

    def answer_to(self, error: Exception) -> Response | None:
        """Return the problem that a service's error means to the caller, or None if it is none of ours."""
        return None

    def body(self, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """Return the checked body by the names of its fields' sources; raises ValidationError."""
        return self._checked(shape, self.request.data)

    def query(self, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """Return the checked query parameters; raises ValidationError."""
        return self._checked(shape, self.request.query_params)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller, the tenant and the size before anything is read."""
        super().initial(request, *args, **kwargs)
        right = self.needs.get(request.method or "", Right.READ)
        by = Operator.of_request(request)
        permit_in_queue(by, self.queue)
        if request.method not in SAFE_METHODS:
            check_scope(by, Deed.WRITE_DATA)  # also where a reader may ask for work
        self.tenant_id = tenant_of(by, right, named=request.headers.get(HEADER))
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.max_body_bytes:
            raise BodyTooLarge
        if any("\0" in str(part) for part in kwargs.values()):  # no id has one, and PostgreSQL takes none
            raise Http404

    def handle_exception(self, exc: Exception) -> Response:
        """Answer what the app knows itself, and leave the rest to the project's handler."""
        answer = self.answer_to(exc)
        if answer is None:
            return super().handle_exception(exc)
        set_rollback()
        answer.exception = True
        return answer

    @staticmethod
    def _checked(shape: type[BaseSerializer[Any]], data: Any) -> dict[str, Any]:
        wanted = shape(data=data)
        wanted.is_valid(raise_exception=True)
        checked: dict[str, Any] = wanted.validated_data
        return checked
