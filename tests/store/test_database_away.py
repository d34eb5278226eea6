"""Why a database does not let us in, in words; no password is ever told."""

import socket
import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from quizbot.errors import Misconfigured
from quizbot.store.database import open_database, read_database_url
from quizbot.store.tables import person

PASSWORD = "hush" + "hush"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://var/quizbot.db", "as in sqlite:///var/quizbot.db"),
        ("sqlite:var/quizbot.db", "as in sqlite:///var/quizbot.db"),
        ("sqlite:/var/quizbot.db", "as in sqlite:///var/quizbot.db"),
        ("sqlite:///var/", "name a file"),
        ("sqlite:///var/quizbot.db?mode=ro", "after the file's name comes nothing"),
        (f"postgresql:quiz:{PASSWORD}@host/quiz", "with // after the colon"),
        (f"postgresql://quiz:{PASSWORD}@1@host/quiz", "write @ as %40"),
        (f"postgresql://quiz:{PASSWORD}/quiz", "this is not an address"),
        (f"postgresql://quiz:{PASSWORD}@host:99999/quiz", "from 1 to 65535"),
        (f"postgresql://quiz:{PASSWORD}@host/quiz?sslmode=yes", "sslmode must be one of"),
    ],
)
def test_an_address_that_cannot_be_is_told(url, words):
    with pytest.raises(Misconfigured) as refusal:
        open_database(url)

    assert str(refusal.value).startswith("QUIZBOT_DATABASE_URL: ")
    assert words in str(refusal.value)
    assert PASSWORD not in str(refusal.value)


def away(url, patience=0.0):
    """What is said where nobody lets us in; never the password."""
    database = open_database(url)
    with pytest.raises(Misconfigured) as refusal:
        database.reach(patience)
    database.dispose()
    assert PASSWORD not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://127.0.0.1:1/quiz", "Nothing answers there: start the server"),
        ("postgresql://no-such-host.invalid/quiz", "No machine has this name"),
        ("postgresql://%2Fno%2Fsuch%2Ffolder/quiz", "There is no server's socket in this folder"),
        ("postgresql:///quiz?host=/no/such/folder", "There is no server's socket in this folder"),
        ("postgresql://127.0.0.1:1/quiz?odd=1", "A part after ? is unknown"),
    ],
)
def test_a_server_that_is_not_there_is_told(url, words):
    assert words in away(url)


@pytest.fixture
def postgres_url(request):
    return make_url(request.getfixturevalue("postgres_server"))


@pytest.mark.postgres
def test_a_database_and_a_role_that_are_not_there_are_told(postgres_url):
    assert "no database of this name" in away(
        postgres_url.set(database="nowhere").render_as_string(hide_password=False)
    )
    assert "does not let this role in" in away(
        postgres_url.set(username="nobody", password=PASSWORD).render_as_string(hide_password=False)
    )


def test_a_server_that_speaks_no_tls_is_told():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse():
            connection, _ = server.accept()
            with connection:
                connection.recv(8)  # whether it speaks TLS is asked before all else
                connection.sendall(b"N")

        thread = threading.Thread(target=refuse)
        thread.start()
        port = server.getsockname()[1]

        assert "The server speaks no TLS" in away(
            f"postgresql://quiz:{PASSWORD}@127.0.0.1:{port}/quiz?sslmode=require"
        )
        thread.join()


@pytest.mark.parametrize(("patience", "asked"), [(60.0, 4), (0.0, 1)])
def test_a_server_that_is_beginning_is_waited_for_where_there_is_time(patience, asked):
    beginning = refusal("57P03", "the database system is starting up")
    said = [*[beginning] * 3, refusal("3D000", 'database "quiz" does not exist')]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse():
            for words in said[:asked]:
                connection, _ = server.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(words)

        thread = threading.Thread(target=refuse)
        thread.start()
        port = server.getsockname()[1]

        words = away(f"postgresql://quiz@127.0.0.1:{port}/quiz?sslmode=disable", patience)
        thread.join()

    assert ("no database of this name" if patience else "only beginning") in words


def refusal(state, words):
    """A server's word that it lets nobody in."""
    told = f"SFATAL\0VFATAL\0C{state}\0M{words}\0\0".encode()
    return b"E" + (len(told) + 4).to_bytes(4, "big") + told


@pytest.mark.postgres
def test_the_folder_of_a_socket_may_stand_where_the_host_does(postgres_url):
    folder = str(postgres_url.query["host"]).replace("/", "%2F")
    database = open_database(f"postgresql://{postgres_url.username}@{folder}/postgres")

    database.reach()

    database.dispose()


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_a_right_that_the_role_has_not_is_told(database_url):
    owner = open_database(database_url)
    with owner.writer.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS guest"))
        connection.execute(text("CREATE ROLE guest LOGIN"))
    guest = open_database(make_url(database_url).set(username="guest").render_as_string())
    guest.reach()

    for way in (guest.reading, guest.writing):
        with pytest.raises(Misconfigured, match="the role may not do this"), way() as connection:
            connection.execute(select(person.c.id))
    with pytest.raises(Misconfigured, match="the role may not do this"):
        guest.glance(select(person.c.id), {})

    guest.dispose()
    owner.dispose()


def test_an_address_that_can_be_is_read_whole():
    found = read_database_url("postgresql://quiz:p%40ss@%2Frun%2Fpostgresql:5433/quiz")

    assert (found.host, found.port, found.password) == ("/run/postgresql", 5433, "p@ss")
