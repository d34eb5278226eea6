"""By which names and addresses the pages are reached, and what is said where that goes wrong."""

from datetime import datetime, timedelta

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from questions.place import SHIPPED
from quizbot.service import open_service
from quizbot.signin.slips import TRIES
from tests.conftest import settings_for
from web import create_app

AT = "https://knowledge.example.org"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def opened(database_url, tmp_path, clock):
    """Makes the pages of a service with these settings."""
    services = []

    def opened(**given):
        services.append(open_service(settings_for(database_url, tmp_path, **given), clock))
        return create_app(services[-1]).test_client()

    yield opened
    for service in services:
        service.close()


# Hosts


@pytest.mark.parametrize(
    "host",
    ["knowledge.example.org", "Knowledge.Example.ORG", "knowledge.example.org.",
     "knowledge.example.org:443", "localhost", "127.0.0.1:8000", "[::1]:8000"],
)  # fmt: skip
def test_the_address_that_is_set_is_answered_however_it_is_written(opened, host):
    assert opened(public_url=AT).get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "knowledge.example.org.evil.example", "knowledge.example.org:8443",
             "203.0.113.5", "localhost.evil.example"]
)  # fmt: skip
def test_no_other_host_is_answered_where_an_address_is_set(opened, host):
    visitor = opened(public_url=AT)

    for path in ("/", "/sign-in", "/no-such-page", "/static/no-such-file"):
        page = visitor.get(path, headers={"Host": host})
        assert page.status_code == 400
        assert f"This service is at {AT}" in page.text
        assert host not in page.text
    assert visitor.get("/health/live", headers={"Host": host}).status_code == 200


def test_every_host_is_answered_until_an_address_is_set(opened):
    for given in ({}, {"public_url": "http://127.0.0.1:8000", "any_host": True}):
        page = opened(**given).get("/", headers={"Host": "quiz.local"})
        assert page.status_code == 200


@pytest.mark.parametrize(
    "path", ["/modules//referrals?a=1", "//modules/referrals", "/sign-in//code"]
)
def test_a_path_that_is_tidied_up_never_leads_to_the_host_that_a_request_names(opened, path):
    page = opened().get(path, headers={"Host": "evil.example"})

    where = page.headers.get("Location", "/")
    assert page.status_code < 500
    assert where.startswith("/")
    assert not where.startswith("//")
    assert "evil.example" not in where + page.text


def test_browsers_are_told_to_come_by_https_alone_where_people_do(opened):
    by_https = opened(public_url=AT).get("/privacy", headers={"Host": "knowledge.example.org"})
    by_http = opened().get("/privacy")

    told = by_https.headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in by_http.headers


# Forms


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [
        ("https://Knowledge.example.org:443/", AT),
        ("https://knowledge.example.org.", AT),
        (AT, "https://knowledge.example.org:443"),
        ("http://knowledge.example.org:80", "http://knowledge.example.org"),
        ("http://knowledge.example.org:8080", "http://knowledge.example.org:8080"),
    ],
)
def test_a_form_of_ours_is_ours_however_the_address_is_written(opened, public_url, origin):
    page = opened(public_url=public_url).post("/sign-in", headers={"Origin": origin})

    assert "from another site" not in page.text


def test_a_form_from_elsewhere_is_refused(opened):
    for origin in ("https://evil.example", "https://knowledge.example.org:8443", "null"):
        page = opened(public_url=AT).post("/sign-in", headers={"Origin": origin})
        assert "from another site" in page.text


@pytest.mark.parametrize(
    ("path", "origin"),
    [("/sign-in", "http://evil.example"), ("/no-such-page", ""), ("/privacy", ""), ("/me", "")],
)
def test_what_is_sent_is_taken_to_its_end_whatever_the_answer(opened, path, origin):
    headers = {"Origin": origin} if origin else {}
    asked = create_environ(path, method="POST", data=b"a" * 300_000, headers=headers)

    _, status, sent = run_wsgi_app(opened().application, asked)

    assert status[0] in "345"
    assert asked["wsgi.input"].read() == b""
    assert "Connection" not in sent


def test_what_is_far_too_much_ends_the_connection(opened):
    answer = opened().post("/no-such-page", data=b"a" * 2_000_000)

    assert answer.headers["Connection"] == "close"


# Cookies


@pytest.mark.parametrize(
    ("path", "field"), [("/sign-in", "email"), ("/sign-in/slip", "code"), ("/try/referrals", "")]
)
def test_a_cookie_that_does_not_come_is_told(opened, path, field):
    visitor = opened()
    visitor.get("/sign-in")
    visitor.delete_cookie("knowledge")

    page = visitor.post(path, data={field: "x"} if field else {})

    assert page.status_code in (400, 405)
    if page.status_code == 400:
        assert "the cookie that this page needs did not come back" in page.text
        assert "open for too long" not in page.text
        assert "let this site keep cookies" in page.text


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_http_where_the_address_is_https_is_told(opened, header):
    visitor = opened(public_url=AT)
    opened_by = {header: "http://knowledge.example.org", "Host": "knowledge.example.org"}

    page = visitor.post("/sign-in", data={"email": "amina@northmoor.example"}, headers=opened_by)

    assert "opened by http" in page.text
    assert f"open {AT}" in page.text


def test_a_page_that_was_open_for_too_long_is_told_as_before(opened):
    visitor = opened()
    visitor.get("/sign-in")

    page = visitor.post("/sign-in", data={"email": "a@northmoor.example", "csrf_token": "old"})

    assert "This page had been open for too long" in page.text


# Where people come from


WRITTEN = ["203.0.113.5:{n}", "203.0.113.5", "[2001:db8::{n}]:443", "2001:db8::{n}", "unknown{n}"]


@pytest.mark.parametrize("written", WRITTEN)
def test_limits_bite_however_a_proxy_writes_the_address(opened, written):
    visitor = opened(proxy=1)
    told = [
        enter(visitor, "BCDF-GHJK-MNPQ-RSTV", written.format(n=n + 1000)) for n in range(TRIES + 1)
    ]

    assert "Too many wrong codes came from here" not in told[TRIES - 1]
    assert "Too many wrong codes came from here" in told[TRIES]


def enter(visitor, code, came_from):
    """What the page says to a slip's code."""
    visitor.get("/sign-in/slip")
    with visitor.session_transaction() as session:
        nonce = session["n"]
    signer = visitor.application.extensions["quizbot"].signer
    return visitor.post(
        "/sign-in/slip",
        data={"code": code, "csrf_token": signer.hash("form", nonce)[:32]},
        headers={"X-Forwarded-For": came_from},
    ).text


# Whom to tell of a weakness


def test_whom_to_tell_of_a_weakness_is_said_and_until_when(opened, clock):
    page = opened(public_url=AT, security_contact="help@example.org").get(
        "/.well-known/security.txt"
    )

    assert page.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in page.text.splitlines())
    assert fields["Contact"] == "mailto:help@example.org"
    assert fields["Canonical"] == f"{AT}/.well-known/security.txt"
    until = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < until - clock() < timedelta(days=365)


@pytest.mark.parametrize("line", ['type = "text"\nvalue = "ring us"', 'type = "text"\nvalue = ""'])
def test_where_nobody_is_named_nothing_is_said(opened, tmp_path, line):
    path = tmp_path / "place.toml"
    shipped = 'type = "email"\nvalue = "security@northmoor.example"'
    path.write_text(SHIPPED.read_text().replace(shipped, line))

    assert opened(place=path).get("/.well-known/security.txt").status_code == 404


def test_the_place_names_whom_to_tell_where_no_setting_does(opened, tmp_path):
    told = opened().get("/.well-known/security.txt").text

    assert "Contact: mailto:security@northmoor.example" in told
    assert told.startswith("# This is a fictional place")
    page = opened(security_contact="https://example.org/report").get("/.well-known/security.txt")
    assert "Contact: https://example.org/report\n" in page.text
