"""Who sends a request: the owner of its bearer token, within the token's limits."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from jobs.services.tokens import token_used


class BearerAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox is untyped
    """Knox's tokens, each with its `limits`; a use is noted."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        """Return owner and token; raises AuthenticationFailed."""
        if not token.isascii() or b"\0" in token:
            raise AuthenticationFailed("Invalid token.")
        user, found = super().authenticate_credentials(token)
        if limits := getattr(found, "limits", None):
            token_used(limits)
        return user, found


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular is untyped here
    """Tells the schema how to log in."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "description": "A token made by `manage.py create_token`."}
