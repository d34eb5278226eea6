"""The PostgreSQL server of the tests: private while it runs, and never left behind."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.house import ROOT
from tools import postgres
from tools.waiting import until

pytestmark = pytest.mark.postgres


def folder(url: str) -> Path:
    return Path(str(make_url(url).query["host"]))


def server_id(url: str) -> int:
    return int((folder(url) / "data" / "postmaster.pid").read_text().split()[0])


def is_running(pid: int) -> bool:
    """Whether a process is alive; one that has ended and is not yet collected is not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def started():
    """A server started from a terminal, and its address."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)  # the server's user must get through
        program = subprocess.Popen(
            [sys.executable, "-m", "tools.postgres", "run"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": place},
            stdout=subprocess.PIPE,
            text=True,
        )
        with program:
            yield program, program.stdout.readline().strip()
            program.kill()


def test_it_listens_on_its_own_socket_alone():
    with postgres.running() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            listens = connection.execute(text("SHOW listen_addresses")).scalar_one()
            superuser = connection.execute(text("SELECT current_user")).scalar_one()
        engine.dispose()
        owner, mode = folder(url).stat().st_uid, folder(url).stat().st_mode

    assert (listens, superuser) == ("", "knowledge")
    assert owner != 0
    assert mode & 0o077 == 0


def test_it_is_gone_afterwards_even_with_somebody_connected():
    with postgres.running() as url:
        engine = create_engine(url)
        connection = engine.connect()
        pid = server_id(url)

    assert not is_running(pid)
    assert not folder(url).exists()
    connection.invalidate()
    engine.dispose()


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_it_is_gone_when_its_program_is_asked_to_end(started, request_to_end):
    program, url = started
    pid = server_id(url)

    program.send_signal(request_to_end)

    program.wait(60)
    assert not is_running(pid)
    assert not folder(url).exists()


def test_it_ends_even_when_its_program_is_killed(started):
    program, url = started
    pid = server_id(url)

    program.kill()

    until(lambda: not is_running(pid), 60, "the server's end")
