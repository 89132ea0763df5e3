"""DATABASE_URL and REDIS_URL: what they may say, and what is answered to what they may not."""

from pathlib import Path
from typing import Any

import pytest

from jobs_project import addresses
from jobs_project.environment import BadSetting


def read_database(url: str, monkeypatch: pytest.MonkeyPatch, *, pool_size: int = 8) -> dict[str, Any]:
    monkeypatch.setenv("DATABASE_URL", url)
    return addresses.database("DATABASE_URL", default="sqlite:///var/x", root=Path("/project"), pool_size=pool_size)


def test_a_sqlite_path_is_relative_to_the_project_and_safe_to_share(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = read_database(f"sqlite:///{tmp_path}/db.sqlite3", monkeypatch)

    assert settings["NAME"] == f"{tmp_path}/db.sqlite3"
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in settings["OPTIONS"]["init_command"]


def test_a_postgres_url_gets_a_pool_and_keeps_its_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_database("postgres://me:p%40ss@db.example:5433/jobs?sslmode=require", monkeypatch)

    assert (settings["USER"], settings["PASSWORD"]) == ("me", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "5433", "jobs")
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["pool"]["max_size"] == 8


def test_a_postgres_socket_is_named_by_its_quoted_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_database("postgresql://postgres@%2Frun%2FPostgres/jobs", monkeypatch)

    assert settings["HOST"] == "/run/Postgres"


def test_a_network_that_swallows_everything_is_given_up_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    options = read_database("postgres://db.example/jobs", monkeypatch)["OPTIONS"]

    assert options["tcp_user_timeout"] == 10_000
    assert options["connect_timeout"] == options["keepalives_idle"] == 5


def test_what_the_url_says_of_patience_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    options = read_database("postgres://db.example/jobs?tcp_user_timeout=60000", monkeypatch)["OPTIONS"]

    assert options["tcp_user_timeout"] == "60000"


def test_the_pool_gives_up_before_its_callers_do_so_that_one_of_them_starts_a_fresh_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = read_database("postgres://db.example/jobs", monkeypatch)["OPTIONS"]["pool"]

    assert pool["reconnect_timeout"] < pool["timeout"]


def test_the_pool_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_database("postgres://localhost/jobs", monkeypatch, pool_size=0)

    assert "pool" not in settings["OPTIONS"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://localhost/jobs", "mysql"),
        ("localhost", "localhost"),
        ("postgres://localhost:abc/jobs", "abc"),
        ("postgres://localhost", "name of the database"),
        ("postgres://localhost/jobs?sslmod=require", "sslmod"),
        ("sqlite://", "path of a file"),
        ("sqlite:///:memory:", "path of a file"),
    ],
)
def test_a_bad_database_url_is_answered_with_its_name_its_fault_and_an_example(
    url: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadSetting, match=rf"^DATABASE_URL: .*{problem}.*For example: DATABASE_URL="):
        read_database(url, monkeypatch)


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://:secret@localhost:6379/3",
        "rediss://user:secret@redis.example:6380/0?ssl_cert_reqs=required",
        "unix:///run/redis.sock?db=2",
    ],
)
def test_every_kind_of_redis_address_is_taken_as_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", url)

    assert addresses.redis("REDIS_URL", default="") == url


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("localhost:6379", "no Redis address"),
        ("http://localhost", "http"),
        ("redis://", "host is missing"),
        ("redis://localhost:port", "port"),
        ("redis://localhost/jobs", "'jobs' is no database number"),
        ("unix://run/redis.sock", "whole path"),
        ("unix:///run/redis.sock?db=one", "'one' is no database number"),
    ],
)
def test_a_bad_redis_url_is_answered_with_its_name_its_fault_and_an_example(
    url: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", url)

    with pytest.raises(BadSetting, match=rf"^REDIS_URL: .*({problem}).*For example: REDIS_URL="):
        addresses.redis("REDIS_URL", default="")
