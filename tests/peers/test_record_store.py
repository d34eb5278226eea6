"""Results told to Ralph, a learning record store by others, on loopback."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from quizbot.service import open_service
from tests.conftest import settings_for
from tests.delivery.test_deliveries import send, states, take
from tools.peers import ralph
from tools.running import free_port
from tools.waiting import until

pytestmark = [
    pytest.mark.peers,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def store(tmp_path):
    """The store on files, with an account of ours: its address and the file that it writes."""
    if not ralph.is_made():
        pytest.skip("the package ralph-malph is not set up: `make test-peers` says why")
    folder = tmp_path / "store"
    folder.mkdir()
    environment = {**os.environ, "RALPH_APP_DIR": str(folder)}
    account = [
        "-u",
        "a-key",
        "-p",
        "a-secret",
        "-s",
        "all",
        "-N",
        "quiz",
        "-M",
        "mailto:q@x.example",
    ]
    subprocess.run(
        [ralph.PROGRAM, "auth", *account, "-w"],
        check=True,
        capture_output=True,
        cwd=folder,
        env=environment,
    )
    port = free_port()
    with (folder / "log").open("wb") as log:
        words = ["runserver", "-b", "fs", "--host", "127.0.0.1", "--port", str(port)]
        running = subprocess.Popen(
            [ralph.PROGRAM, *words],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,  # it begins a worker of its own, which is to end with it
        )

    def answers():
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/__heartbeat__", timeout=60)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    try:
        until(answers, 120, "the store")
        yield f"http://127.0.0.1:{port}/xAPI", folder
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def test_a_pass_is_taken_as_it_is_told(database_url, tmp_path, people, clock, store):
    address, folder = store
    (tmp_path / "key").write_text("a-key:a-secret")
    given = {"xapi_url": address, "xapi_secret_file": tmp_path / "key", "xapi_private": True}
    service = open_service(settings_for(database_url, tmp_path, **given), clock)
    take(service, people.amina)

    count = send(service)

    assert service.connections.of("xapi").fault == ""
    assert count == 2
    assert states(service) == {"completed": "sent", "passed": "sent"}
    kept = [
        json.loads(line)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in (".jsonl", "") and b"adlnet" in path.read_bytes()
        for line in path.read_text().splitlines()
    ]
    verbs = {one["verb"]["id"].rpartition("/")[2] for one in kept}
    assert {"completed", "passed"} <= verbs
    service.close()
