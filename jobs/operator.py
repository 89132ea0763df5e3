"""Who asks for an action, as the audit log names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from getpass import getuser
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person or program, and where the request came from.

    Services let a `user` do what its permissions and roles allow, within the limits of its `token`, and code without
    a user everything.
    """

    user_id: str
    ip_address: str | None = None
    user_agent: str | None = None
    user: Any = field(default=None, compare=False, repr=False)
    token: Any = field(default=None, compare=False, repr=False)

    @classmethod
    def of_request(cls, request: HttpRequest) -> Operator:
        """Return who sent a request; the address is the peer's, as the server sees it."""
        return cls(
            user_id=str(request.user.pk),
            user=request.user,
            token=getattr(getattr(request, "auth", None), "limits", None),
            ip_address=request.META.get("REMOTE_ADDR") or None,
            user_agent=request.META.get("HTTP_USER_AGENT"),
        )

    @classmethod
    def of_shell(cls) -> Operator:
        """Return who runs a command: the account of the operating system."""
        try:
            return cls(user_id=f"shell:{getuser()}")
        except (KeyError, OSError):  # a container's user id may have no name
            return cls(user_id="shell")


SYSTEM = Operator(user_id="system")
"""Code that acts for nobody in particular."""
