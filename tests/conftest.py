"""What all tests share: private servers, and fixtures that hand them out."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import django
import pytest
import redis as redis_client
from django.db import connection

from tests import servers

pytest_plugins = ["jobs.testing.plugin"]
servers.start()
os.environ["ENV_FILES"] = ""  # a developer's .env.local is not the tests' business
os.environ["DJANGO_SETTINGS_MODULE"] = "jobs_project.settings"
django.setup()  # conftest modules below this one import models


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Leave the test database where it is: its server goes, and a forgotten connection could make dropping it fail."""
    return True


@pytest.fixture
def redis() -> Iterator[redis_client.Redis]:
    """Hand out a client of the run's Valkey, whose database (this test worker's own) is empty."""
    with redis_client.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
        yield client


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """Hand out the environment in which a child process works on this test's database and Valkey."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return {**os.environ, "DATABASE_URL": url}
