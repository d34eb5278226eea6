"""How mail leaves and from whom, as an operator writes it: read whole, and no password is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.config import Settings, read_settings
from quizbot.errors import Busy, Misconfigured
from quizbot.outbox.mail import Mail, Server, mailer, reach, read_sender, read_way
from quizbot.service import open_service
from quizbot.work import Work
from tests.conftest import settings_for
from tests.outbox import smtp
from tests.outbox.test_mail import ask, states

PASSWORD = "hush" + "hush"
KIDS = "kids@northmoor.example"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"smtp://quiz:{PASSWORD}#1@mail.example:587", "write # as %23"),
        (f"smtp://quiz:{PASSWORD}/1@mail.example:587", "write / as %2F"),
        (f"smtp://quiz:{PASSWORD}?1@mail.example:587", "write ? as %3F"),
        (f"smtp://quiz:{PASSWORD}@1@mail.example:587", "write @ as %40"),
        (f"smtp://quiz:{PASSWORD}%1@mail.example:587", "write % as %25"),
        (f"smtp://quiz:{PASSWORD}%FF@mail.example:587", "write % as %25"),
        (f"smtp://quiz:{PASSWORD} 1@mail.example:587", "write a space or break as %20"),
        (f"smtp://quiz:{PASSWORD}é@mail.example:587", "plain ASCII letters"),
        (f"smtp://quiz:{PASSWORD}%0A@mail.example", "plain ASCII letters"),
        (f"smtp://:{PASSWORD}@mail.example", "belong together"),
        (f"smtp://{PASSWORD}@mail.example", "belong together"),
        (f"smtp://quiz:{PASSWORD}@mail.example:99999", "from 1 to 65535"),
        (f"smtp://quiz:{PASSWORD}@mail.example:0", "from 1 to 65535"),
        (f"smtp://quiz:{PASSWORD}@mail.example:", "from 1 to 65535"),
        (f"smtp://quiz:{PASSWORD}@mail.example:smtp", "from 1 to 65535"),
        (f"smtp://quiz:{PASSWORD}@", "names no machine"),
        (f"smtp://quiz:{PASSWORD}@mail example", "no name of a machine"),
        (f"smtp://quiz:{PASSWORD}@fe80::1", "in brackets"),
        (f"smtp://quiz:{PASSWORD}@mail.example/x?y", "comes nothing"),
        (f"smtp://quiz:{PASSWORD}", "no server and port"),
        (f"smtp:quiz:{PASSWORD}@mail.example", "with // after the colon"),
        ("smtp://", "names no machine"),
        (f"smtp://{'a' * 64}.example", "no name of a machine"),
        ("file:", "names no folder"),
        ("file://var/mail", "file:var/mail"),
        ("pigeon:loft", "must begin with file:, smtp://, smtps:// or notify:"),
    ],
)
def test_a_way_that_cannot_be_read_is_told_at_the_start(monkeypatch, tmp_path, url, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUIZBOT_MAIL_URL", url)

    with pytest.raises(Misconfigured) as refusal:
        read_settings()

    assert str(refusal.value).startswith("QUIZBOT_MAIL_URL: ")
    assert words in str(refusal.value)
    assert PASSWORD not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("smtp://mail.example", Server("mail.example", 25, is_secure=False)),
        ("SMTPS://Mail.Example./", Server("mail.example", 465, is_secure=True)),
        ("smtp://[::1]:587", Server("::1", 587, is_secure=False)),
        (
            "smtp://quiz%40host:p%23s:s%2F%3F%25%40@mail.example:587",
            Server("mail.example", 587, is_secure=False, user="quiz@host", password="p#s:s/?%@"),
        ),
    ],
)
def test_a_way_is_read_whole(url, way):
    assert read_way(url) == way
    if way.password:
        assert way.password not in repr(read_way(url))


@given(st.text(max_size=30))
def test_no_password_is_ever_told(password):
    told = ""
    try:
        Settings(_env_file=None, mail_url=f"smtp://quiz:{PASSWORD}{password}@mail.example:587")
    except ValueError as error:
        told = str(error)

    assert PASSWORD not in told


def test_settings_told_whole_tell_no_secret():
    settings = Settings(
        _env_file=None,
        mail_url=f"smtp://quiz:{PASSWORD}@mail.example",
        database_url=f"postgresql://quiz:{PASSWORD}@db.example/quiz",
        secret_key=PASSWORD * 5,
        telegram_token=f"1:{PASSWORD}",
    )

    assert PASSWORD not in repr(settings)
    assert PASSWORD not in str(settings)


# Whom it comes from


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        (f"Northmoor, Children <{KIDS}>", "Northmoor, Children", KIDS),
        (f'"Northmoor, Children" <{KIDS}>', "Northmoor, Children", KIDS),
        (f'Northmoor (a "team"): us; <{KIDS}>', 'Northmoor (a "team"): us;', KIDS),
        (f"Dysgu Môn <{KIDS}>", "Dysgu Môn", KIDS),
        (KIDS, "", KIDS),
        (f"<{KIDS}>", "", KIDS),
        (f"a@northmoor.example <{KIDS}>", "a@northmoor.example", KIDS),
        (f"Kids <{KIDS.title()}>", "Kids", KIDS),
    ],
)  # fmt: skip
def test_the_sender_is_one_address_whatever_the_name(text, name, address):
    with smtp.running() as server:
        assert (
            mailer(server.url, text)(Mail("amina@northmoor.example", "A", "B"), "k").fate == "sent"
        )

    (sender,) = server.taken[0]["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, address)
    assert server.mailed_from == [address]


@pytest.mark.parametrize(
    "text",
    ["Northmoor", "Northmoor, kids@northmoor.example", "a@x.example, b@y.example", "<>", "kids@",
     "A <a@x.example>, B <b@y.example>", "Kids <kids@northmoor.example> now", "A\nB <a@x.example>",
     "kids@straße.example", "kids@-x.example", "Kids <kids@north moor.example>"],
)  # fmt: skip
def test_a_sender_that_is_not_one_address_is_refused(monkeypatch, tmp_path, text):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUIZBOT_MAIL_FROM", text)

    with pytest.raises(Misconfigured, match="QUIZBOT_MAIL_FROM: must"):
        read_settings()


@given(st.text(max_size=40))
def test_whatever_the_name_the_sender_is_the_address(name):
    try:
        found = read_sender(f"{name} <kids@northmoor.example>")
    except ValueError:
        return

    assert found.address == "kids@northmoor.example"


@pytest.mark.parametrize(
    ("command", "reply", "words"),
    [("MAIL", "553 Not yours", "refuses our sender (553)"), ("MAIL", "451 No", "our sender (451)")],
)
def test_reaching_tries_the_sender_and_sends_nothing(command, reply, words):
    with smtp.running() as server:
        assert reach(server.url, "kids@northmoor.example").fate == "sent"
        server.refuses[command] = reply

        assert words in reach(server.url, "kids@northmoor.example").trouble
        assert server.taken == []


# What was never sent is never in doubt


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "url", ["smtp://127.0.0.1:1", "smtps://127.0.0.1:1", "smtp://no-such-host.invalid"]
)
def test_a_code_is_not_burnt_where_no_connection_was_made(database_url, tmp_path, clock, url):
    service = open_service(settings_for(database_url, tmp_path, mail_url=url), clock)
    ask(service)

    with pytest.raises(Exception, match="No message can leave"):
        Work(service).once()
    service.notices.doubt_lost(_lease(service))

    assert states(service) == [("queued", 0)]
    service.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_message_that_could_not_be_written_down_is_owed_as_before(service, people):
    ask(service)
    work = Work(service)
    work.lease.take()

    def busy(_payload):
        raise Busy("The service is very busy.")

    with pytest.raises(Busy):
        service.notices.send_due({"sign-in": busy}, work.outlet)

    assert states(service) == [("queued", 0)]


def _lease(service):
    work = Work(service)
    assert work.lease.take()
    return work.lease
