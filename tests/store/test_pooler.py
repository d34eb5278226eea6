"""Whole databases do not go through a pooler: it is told before anything is done."""

import os
import socket
import threading
from contextlib import closing, suppress

import pytest
from sqlalchemy import make_url

from quizbot.errors import Misconfigured
from quizbot.store import backups, moving, relocating
from quizbot.store.database import open_database
from quizbot.store.migrate import current
from tests.databases import maintaining, named

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database_url", ["postgres"], indirect=True),
]


class Pooler:
    """What stands before a server and, as a pooler does, tells each client a number of its own."""

    def __init__(self, folder, socket_of_server):
        self.server = str(socket_of_server)
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(folder / ".s.PGSQL.5432"))
        self.listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.server)
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, one, other):
        with suppress(OSError), closing(one), closing(other):
            while given := one.recv(65536):
                at = given.find(b"K\x00\x00\x00\x0c")  # the number of who is at work
                if given[:1] == b"R" and at > 0:
                    given = given[: at + 5] + os.urandom(4) + given[at + 9 :]
                other.sendall(given)


@pytest.fixture
def through(database_url, tmp_path):
    """The same database, reached through it."""
    url = make_url(database_url)
    folder = tmp_path / "pooler"
    folder.mkdir()
    port = url.port or url.query.get("port", 5432)
    pooler = Pooler(folder, f"{url.query['host']}/.s.PGSQL.{port}")
    database = open_database(
        url.set(query={**url.query, "host": str(folder), "port": "5432"}, port=None)
        .render_as_string(hide_password=False)
    )  # fmt: skip
    yield database
    database.dispose()
    pooler.listening.close()


@pytest.fixture
def target(postgres_server):
    name = f"target_{os.urandom(6).hex()}"
    with maintaining(postgres_server) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        database = open_database(named(postgres_server, name))
        yield database
        database.dispose()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_nothing_is_taken_through_it(service, through, target, tmp_path, clock):
    last = service.audit.head()

    for act in (
        lambda: backups.back_up(through, tmp_path / "backup", clock),
        lambda: moving.copy(through, target, clock),
        lambda: relocating.move(through, target, clock),
        lambda: relocating.only_read(through),
        lambda: relocating.write_again(through),
    ):
        with pytest.raises(Misconfigured, match="nothing was done: set QUIZBOT_DATABASE_DIRECT"):
            act()

    assert not (tmp_path / "backup").exists()
    assert current(target) is None
    assert service.audit.head().number <= last.number + 1  # a backup is noted first


def test_nor_is_it_brought_through_it(service, through, clock):
    last = service.audit.head()

    for bring in (moving.copy, relocating.move):
        with pytest.raises(Misconfigured, match="nothing was done: name the other database"):
            bring(service.database, through, clock)

    assert service.audit.head() == last


def test_people_are_served_through_it(service, through):
    with through.writing() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM person").scalar_one() > 0
