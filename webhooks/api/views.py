"""The requests about endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import Right, TenantView, problem
from webhooks.api.shapes import (
    CreateEndpointShape,
    EndpointShape,
    EndpointsShape,
    SecretShape,
    UpdateEndpointShape,
    tell_endpoint,
)
from webhooks.errors import EndpointNotFound, InvalidEventTypes, TenantMismatch, UrlRefused, WebhookError
from webhooks.services.endpoints import create_endpoint, delete_endpoint, update_endpoint
from webhooks.services.lookup import list_endpoints
from webhooks.services.secrets import rotate_secret, show_secret

STATUSES: Final[Mapping[type[WebhookError], HTTPStatus]] = {
    EndpointNotFound: HTTPStatus.NOT_FOUND,
    InvalidEventTypes: HTTPStatus.BAD_REQUEST,
    UrlRefused: HTTPStatus.BAD_REQUEST,
}


class WebhookView(TenantView):
    """Is for admins, also to read, and knows what the services refuse."""

    queue = "webhooks"
    needs = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Right.WRITE)

    def answer_to(self, error: Exception) -> Response | None:
        """Return the problem; another tenant's endpoint is one that does not exist."""
        if isinstance(error, TenantMismatch):
            error = EndpointNotFound(error.entity_id)
        if not isinstance(error, WebhookError) or type(error) not in STATUSES:
            return None
        return problem(STATUSES[type(error)], detail=str(error), code=error.code)


class EndpointsView(WebhookView):
    """The tenant's endpoints."""

    @extend_schema(operation_id="webhooks_list", responses=EndpointsShape)
    def get(self, request: Request) -> Response:
        """List the endpoints, oldest first."""
        endpoints = list_endpoints(tenant_id=self.tenant_id)
        return Response({"endpoints": [tell_endpoint(endpoint) for endpoint in endpoints]})

    @extend_schema(operation_id="webhooks_create", request=CreateEndpointShape, responses={201: EndpointShape})
    def post(self, request: Request) -> Response:
        """Create an endpoint; its secret is shown by a request of its own."""
        wanted = self.body(CreateEndpointShape)
        endpoint = create_endpoint(tenant_id=self.tenant_id, user_id=self.user_id, **wanted)
        return Response(tell_endpoint(endpoint), status=HTTPStatus.CREATED)


class EndpointView(WebhookView):
    """One endpoint."""

    @extend_schema(operation_id="webhooks_update", request=UpdateEndpointShape, responses=EndpointShape)
    def patch(self, request: Request, endpoint_id: str) -> Response:
        """Change what the body names; enabling clears the reason for which the endpoint was disabled."""
        wanted = self.body(UpdateEndpointShape)
        endpoint = update_endpoint(tenant_id=self.tenant_id, endpoint_id=endpoint_id, user_id=self.user_id, **wanted)
        return Response(tell_endpoint(endpoint))

    @extend_schema(operation_id="webhooks_delete", responses={204: None})
    def delete(self, request: Request, endpoint_id: str) -> Response:
        """Delete an endpoint and erase its secrets."""
        delete_endpoint(tenant_id=self.tenant_id, endpoint_id=endpoint_id, user_id=self.user_id)
        return Response(status=HTTPStatus.NO_CONTENT)


class SecretView(WebhookView):
    """The secret of an endpoint."""

    @extend_schema(operation_id="webhooks_secret", responses=SecretShape)
    def get(self, request: Request, endpoint_id: str) -> Response:
        """Show the secret in force; the audit log says who saw it, and no cache keeps it."""
        secret = show_secret(tenant_id=self.tenant_id, endpoint_id=endpoint_id, user_id=self.user_id)
        return Response({"secret": secret}, headers={"Cache-Control": "no-store"})


class RotateView(WebhookView):
    """The next secret of an endpoint."""

    @extend_schema(operation_id="webhooks_rotate", request=None, responses=EndpointShape)
    def post(self, request: Request, endpoint_id: str) -> Response:
        """Make a new secret; the old one signs beside it for a while."""
        endpoint = rotate_secret(tenant_id=self.tenant_id, endpoint_id=endpoint_id, user_id=self.user_id)
        return Response(tell_endpoint(endpoint))
