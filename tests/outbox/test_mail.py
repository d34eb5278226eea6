"""What becomes of a message, told by a real mail server that does as it is told."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from quizbot.outbox.mail import Mail, Reason, mailer
from quizbot.service import open_service
from quizbot.store.tables import notice
from quizbot.words import folded_address, is_address
from quizbot.work import Work
from tests.conftest import settings_for
from tests.outbox import smtp

SENDER = "The Knowledge <knowledge@northmoor.example>"
LETTER = Mail(
    "amina@northmoor.example", "A subject – with a dash", "Dear Amina,\n.\n..\nÀ bientôt.\n"
)
AGAIN = {"retry", "down"}  # certainly not sent, and tried again


@pytest.fixture
def server():
    with smtp.running() as running:
        yield running


def send(url, mail=LETTER):
    return mailer(url, SENDER)(mail, "0193-a-key")


def test_a_message_arrives_as_it_was_written(server):
    sent = send(server.url)

    (message,) = server.taken
    assert sent.fate == "sent"
    assert message["To"] == LETTER.to
    assert message["From"] == SENDER
    assert message["Subject"] == LETTER.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"]
    assert message.get_content().replace("\r\n", "\n") == LETTER.text


def test_a_message_may_have_two_forms(server):
    send(server.url, Mail(LETTER.to, "Both", "As text.", "<p>As a page.</p>"))

    (message,) = server.taken
    assert message.get_body(("plain",)).get_content().strip() == "As text."
    assert message.get_body(("html",)).get_content().strip() == "<p>As a page.</p>"


@pytest.mark.parametrize(
    ("command", "reply", "fates"),
    [
        ("RCPT", "550 No such user", {"failed"}),
        ("RCPT", "551 Not here", {"failed"}),
        ("RCPT", "450 Greylisted, come again", AGAIN),
        ("RCPT", "421 Too many connections", AGAIN),
        ("RCPT", "452 Mailbox full", AGAIN),
        ("RCPT", "552 Mailbox full", {"failed", "retry"}),
        ("MAIL", "451 Not now", AGAIN),
        ("DATA", "554 Looks like spam", {"failed"}),
        ("DATA", "451 Not now", AGAIN),
    ],
)
def test_what_the_server_refuses_was_certainly_not_sent(server, command, reply, fates):
    server.refuses[command] = reply

    sent = send(server.url)

    assert sent.fate in fates
    assert sent.trouble
    assert LETTER.to not in sent.trouble
    assert server.taken == []


@pytest.mark.parametrize(
    ("command", "reply", "reason"),
    [
        ("RCPT", "550 No such user", Reason.WRONG_ADDRESS),
        ("RCPT", "452 Mailbox full", Reason.FULL),
        ("RCPT", "550 5.2.2 Over quota", Reason.FULL),
        ("RCPT", "450 Greylisted, come again", Reason.OTHER),
        ("MAIL", "553 Not your address", Reason.SENDER),
        ("DATA", "554 The address of this link is listed", Reason.OTHER),
    ],
)
def test_a_trouble_has_a_kind_by_which_advice_is_chosen(server, command, reply, reason):
    server.refuses[command] = reply

    assert send(server.url).reason is reason


def test_a_server_that_breaks_off_before_the_message_was_not_sent(server):
    server.drops_at = "RCPT"

    assert send(server.url).fate in AGAIN


def test_a_server_that_hangs_before_the_message_was_not_sent(server, monkeypatch):
    monkeypatch.setattr("quizbot.outbox.mail.TIMEOUT", 0.1)
    server.hangs_at = "RCPT"

    assert send(server.url).fate in AGAIN


def test_a_server_that_breaks_off_after_the_message_leaves_its_fate_uncertain(server):
    server.drops_at = "DATA"

    assert send(server.url).fate == "uncertain"
    assert len(server.taken) == 1  # and so it did arrive


def test_a_server_that_hangs_after_the_message_leaves_its_fate_uncertain(server, monkeypatch):
    monkeypatch.setattr(
        "quizbot.outbox.mail.TIMEOUT", 2
    )  # a slow machine gets as far as this in time
    server.hangs_at = "DATA"

    assert send(server.url).fate == "uncertain"


def test_no_server_is_tried_again(server):
    assert send("smtp://127.0.0.1:1").fate in AGAIN
    assert send("smtp://no-such-host.invalid").fate in AGAIN


@pytest.mark.parametrize("address", ["zoë@northmoor.example", "a@ünïcode.example"])
def test_an_address_that_cannot_be_written_fails_and_stops_nobody_else(server, address):
    assert send(server.url, Mail(address, "Hello", "Hello.")).fate == "failed"
    assert send(server.url).fate == "sent"


# What people type, and what a file holds, put together from what addresses are made of.
PIECES = st.sampled_from(
    [*"abAZ09.@-_+'=?:;()<>,\"\\[]%!#$&*/^`{|}~ \t", "ß", "é", "ſ", "\u200b", "xn--", "=?utf-8?q?"]
)
# Most of what is tried can be an address, so that enough of it is sent.
PLAIN = st.sampled_from("abAZ09-_+'=?!#$%&*/^`{|}~")
DOMAINS = st.sampled_from(
    ["northmoor.example", "straße.example", "A-b.example", "xn--strae-oqa.uk"]
)


@given(st.lists(PLAIN | PLAIN | PIECES, min_size=1, max_size=8).map("".join), DOMAINS)
@example("ed:lee", "northmoor.example")
@example("a(b)", "northmoor.example")
@example("flo", "straße.example")
@example("mailto:cy", "northmoor.example")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_accepted_as_an_address_is_whom_the_message_goes_to(server, local, domain):
    address = folded_address(f"{local}@{domain}")
    assume(is_address(address))
    server.recipients.clear()

    assert send(server.url, Mail(address, "Hello", "Hello.")).fate == "sent"

    assert server.recipients == [address]
    assert [one.addr_spec for one in server.taken[-1]["To"].addresses] == [address]


@pytest.mark.parametrize(
    "address", ["ed:lee@northmoor.example", "a(b)@northmoor.example", "a@x.example, b@x.example"]
)
def test_a_header_that_would_name_another_mailbox_is_not_sent(server, address):
    assert send(server.url, Mail(address, "Hello", "Hello.")).fate == "failed"
    assert server.recipients == []


# Encryption


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody but the test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    today = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(pem))
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_what_offers_encryption_gets_it(tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with smtp.running(tls) as server:
        assert send(server.url).fate == "sent"

    assert server.was_encrypted == [True]


def test_what_offers_none_gets_the_message_all_the_same(server):
    assert send(server.url).fate == "sent"

    assert server.was_encrypted == [False]


def test_a_server_with_a_certificate_that_nobody_trusts_gets_nothing(tls):
    with smtp.running(tls) as server:
        assert send(server.url).fate in AGAIN

    assert server.taken == []


def test_a_name_and_password_are_used_once_the_line_is_encrypted(tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with smtp.running(tls, user=(b"quiz@host", b"p:w/d")) as server:
        url = server.url.replace("//", "//quiz%40host:p%3Aw%2Fd@")

        assert send(url).fate == "sent"

    assert server.signed_in == [(b"quiz@host", b"p:w/d")]


def test_a_wrong_password_is_tried_again_later(tls, certificate, monkeypatch):
    monkeypatch.setattr("quizbot.outbox.mail.TIMEOUT", 0.5)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with smtp.running(tls, user=(b"quiz", b"right")) as server:
        assert send(server.url.replace("//", "//quiz:wrong@")).fate in AGAIN

    assert server.taken == []


# A folder of files


def test_a_folder_gets_one_file_a_message(tmp_path):
    assert send(f"file:{tmp_path / 'mail'}").fate == "sent"

    (path,) = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path):
    (tmp_path / "mail").write_text("This is a file.")

    assert send(f"file:{tmp_path / 'mail'}").fate in AGAIN


# From the outbox


@pytest.fixture
def mailing(database_url, tmp_path, clock, server):
    """A service that mails through the server."""
    settings = settings_for(database_url, tmp_path, mail_url=server.url)
    opened = open_service(settings, clock)
    yield opened
    opened.close()


def states(service):
    with service.database.reading() as connection:
        return connection.execute(
            select(notice.c.state, notice.c.tries).order_by(notice.c.id)
        ).all()


def ask(service):
    service.sign_in.ask("amina@northmoor.example")


def test_a_notice_is_sent_once(mailing, server):
    ask(mailing)
    assert states(mailing) == [("queued", 0)]

    for _ in range(3):
        Work(mailing).once()

    assert states(mailing) == [("sent", 1)]
    assert len(server.taken) == 1


def test_a_notice_that_was_refused_for_now_is_sent_later(mailing, server, clock):
    server.refuses["RCPT"] = "450 Come again"
    ask(mailing)
    Work(mailing).once()
    assert states(mailing) == [("queued", 1)]
    server.refuses.clear()

    clock.forward(minutes=2)
    Work(mailing).once()

    assert states(mailing) == [("sent", 2)]
    assert len(server.taken) == 1


def test_a_notice_that_was_refused_for_good_has_failed(mailing, server, clock):
    server.refuses["RCPT"] = "550 No such user"
    ask(mailing)

    Work(mailing).once()
    clock.forward(minutes=10)
    Work(mailing).once()

    assert states(mailing) == [("failed", 1)]


def test_a_notice_of_uncertain_fate_is_not_repeated(mailing, server, clock):
    server.drops_at = "DATA"
    ask(mailing)

    for _ in range(3):
        Work(mailing).once()
        clock.forward(minutes=10)

    assert states(mailing) == [("uncertain", 1)]
    assert len(server.taken) == 1


def test_a_notice_that_a_worker_left_half_sent_is_uncertain(mailing, server, clock):
    ask(mailing)
    with mailing.database.writing() as connection:
        connection.execute(notice.update().values(state="sending", tries=1))

    clock.forward(hours=1)
    Work(mailing).once()

    assert states(mailing) == [("uncertain", 1)]
    assert server.taken == []


def test_a_code_that_came_too_late_is_not_sent(mailing, server, clock):
    ask(mailing)
    clock.forward(minutes=20)

    Work(mailing).once()

    assert states(mailing) == [("cancelled", 1)]
    assert server.taken == []


def test_each_try_of_a_sign_in_mails_a_fresh_code_and_only_the_last_works(mailing, server, clock):
    sign_in_id = mailing.sign_in.ask("amina@northmoor.example")
    server.refuses["DATA"] = "451 Not now"
    Work(mailing).once()
    server.refuses.clear()
    clock.forward(minutes=2)
    Work(mailing).once()

    (message,) = server.taken
    assert mailing.sign_in.enter(sign_in_id, message["Subject"][:6])
