"""The private PostgreSQL."""

from pathlib import Path

import psycopg
import pytest

from jobs_project.local.postgres import Postgres


def test_two_private_servers_live_side_by_side() -> None:
    with Postgres() as one, Postgres() as other:
        places = {_ask(server, "SHOW data_directory") for server in (one, other)}

    assert len(places) == 2
    assert not one.data.exists()


def test_a_killed_server_comes_back_with_what_was_committed() -> None:
    with Postgres() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'yes' AS answer")
        server.kill()

        server.start()

        assert _ask(server, "SELECT answer FROM kept") == "yes"


def test_a_server_begins_with_a_copy_of_a_template(tmp_path: Path) -> None:
    with Postgres() as first:
        with psycopg.connect(first.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'yes' AS answer")
        first.stop(keep=tmp_path / "template")

    with Postgres(template=tmp_path / "template") as one, Postgres(template=tmp_path / "template") as other:
        assert {_ask(server, "SELECT answer FROM kept") for server in (one, other)} == {"yes"}


def test_a_server_that_a_killed_run_left_is_stopped_and_its_address_is_not_used_again() -> None:
    with Postgres() as left:
        left.directory.release()  # as if its holder had died
        with Postgres() as server:
            assert server.directory.path == left.directory.path
            assert server.url != left.url
            with pytest.raises(psycopg.OperationalError):
                _ask(left, "SELECT 1")


def _ask(server: Postgres, question: str) -> str:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])
