"""The login with which one person looks around on their own machine."""

import secrets

from django.contrib.auth import get_user_model

NAME = "operator"


def create_operator() -> str | None:
    """Create the superuser `operator` and return its password, which nobody can read again; None if it exists."""
    users = get_user_model().objects
    if users.filter(username=NAME).exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser(username=NAME, email="operator@localhost", password=password)
    return password
