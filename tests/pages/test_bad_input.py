"""What nobody should send, and somebody will: each is a page of ours, and nothing breaks."""

import fcntl
import os
from contextlib import closing

import pytest
from sqlalchemy import event

from quizbot.rules.pick import Mode
from tests.pages.conftest import Visitor
from web import create_app
from web.auth import public

ODD = ["%00", "%ED%A0%80", "%FF", "%E2%80%AE", "%0d%0aX:%20y", "🙂", "a" * 3000, "..", "%2e%2e%2f"]


@pytest.fixture
def question(amina_page, service, people):
    """Amina's assured attempt at its first question."""
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    return amina_page.get(f"/attempts/{attempt}/questions/1")


def answered(service, people):
    return [line.answered for line in service.attempts.of(people.amina)]


@pytest.mark.parametrize("path", ["", "/sources"])
@pytest.mark.parametrize("module", ["coffee", "Referrals", "referrals ", "0", "-1", *ODD])
def test_an_unknown_module_is_not_found(anyone, module, path):
    page = anyone.get(f"/modules/{module}{path}")

    assert page.status in (404, 308, 200 if module == ".." else 404)
    if page.status == 404:
        assert page.heading == "Page not found"


@pytest.mark.parametrize("module", ["coffee", "%00", "%ED%A0%80"])
def test_an_unknown_module_can_be_neither_started_nor_tried(amina_page, module):
    amina_page.get("/me")

    assert amina_page.post(f"/modules/{module}/attempts", [("mode", "assured")]).status == 404
    assert amina_page.post(f"/try/{module}").status == 404


@pytest.mark.parametrize("mode", ["", "exam", "\0", "ASSURED"])
def test_a_mode_that_is_none_begins_nothing(amina_page, service, people, mode):
    amina_page.get("/me")

    page = amina_page.post("/modules/referrals/attempts", [("mode", mode)])

    assert page.status == 400
    assert "Choose on the questionnaire's page" in page.words
    assert service.attempts.of(people.amina) == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_what_is_no_form_is_told_so(amina_page, service, people, kind):
    sent = amina_page.client.post("/modules/referrals/attempts", data=b"{}", content_type=kind)

    assert sent.status_code == 400
    assert "form sends, and nothing else" in sent.get_data(as_text=True)
    assert service.attempts.of(people.amina) == []


@pytest.mark.parametrize(
    "number", ["0", "15", "999999999", "99999999999999999999", "-1", "1.5", "x"]
)
def test_a_question_out_of_range_is_not_found(amina_page, question, anyone, number):
    base = question.path.rpartition("/")[0]

    assert amina_page.get(f"{base}/{number}").status == 404
    assert amina_page.post(f"{base}/{number}", [("reply", "a")]).status == 404
    anyone.get("/modules/referrals")
    anyone.press("Try it now")
    assert anyone.get(f"/try/referrals/questions/{number}").status == 404


@pytest.mark.parametrize("id_", ["0", "x", "01a00000-0000-7000-8000-000000000000", "%00", "a" * 36])
def test_an_attempt_that_is_none_is_not_found(amina_page, id_):
    for path in (f"/attempts/{id_}", f"/attempts/{id_}/review", f"/attempts/{id_}/questions/1"):
        assert amina_page.get(path).status == 404


def test_no_reply_is_told_on_the_page(amina_page, question, service, people):
    page = amina_page.press("Save and continue", reply=[])

    assert page.status == 400
    assert page.errors[0].startswith("Select ")
    assert answered(service, people) == [0]


@pytest.mark.parametrize(
    "reply", [["z"], [""], ["aa"], ["\0"], ["\ud800"], ["a"] * 100, ["é"], ["1"]]
)
def test_a_reply_that_is_no_option_is_told_on_the_page(
    amina_page, question, service, people, reply
):
    fields = [
        ("reply", letter.encode("utf-8", "surrogatepass").decode("latin-1")) for letter in reply
    ]

    page = amina_page.send(question.path, fields)

    if len(reply) == 1:  # the same letter many times is that letter
        assert page.status == 400
        assert page.errors[0].startswith("Select ")
        assert answered(service, people) == [0]


def test_who_goes_back_to_what_was_missed_finds_the_question_as_it_is(amina_page, question):
    """A page that answers a form cannot be gone back to: browsers show an error in its place."""
    sent = amina_page.post(question.path)
    assert (sent.status, sent.location) == (303, f"{question.path}?missed")
    assert amina_page.get(sent.location).errors[0].startswith("Select ")

    again = amina_page.get(sent.location)

    assert (again.status, again.errors) == (200, [])


def test_a_second_submit_and_a_late_answer_change_nothing(amina_page, question, service, people):
    base = question.path.partition("/questions")[0]
    amina_page.get(f"{base}/review")
    amina_page.press("Submit answers")
    outcome = amina_page.press("Submit with 14 unanswered")

    assert amina_page.post(f"{base}/review").location == base
    amina_page.post(question.path, [("reply", "a")])

    assert "You had 0 of 14 right" in amina_page.get(base).words
    assert outcome.path == base


@pytest.mark.parametrize(
    "path", ["question", "/sign-in", "/sign-in/code", "/try/referrals", "/no/such"]
)
def test_a_form_of_ten_megabytes_is_refused(amina_page, question, service, people, path):
    where = question.path if path == "question" else path

    page = amina_page.post(where, [("reply", "a" * 10_000_000)])

    assert page.status in (413, 404 if path == "/no/such" else 413)
    assert page.heading in ("That was too much at once", "Page not found")
    assert page.status == 404 or "takes at most 128 KB at once" in page.words
    assert answered(service, people) == [0]


def test_a_form_of_very_many_fields_is_refused(amina_page, question, service, people):
    page = amina_page.send(question.path, [(f"reply{n}", "a") for n in range(5000)])

    assert page.status in (400, 413)
    assert answered(service, people) == [0]


def test_a_form_that_is_none_is_told(amina_page, question, app):
    client = amina_page.client

    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", "\xe9"):
        sent = client.post(question.path, data=b"\xff\xfe{{{", content_type=kind)
        assert sent.status_code == 400


@pytest.mark.parametrize("odd", ODD)
def test_odd_letters_in_addresses_and_queries_break_nothing(amina_page, odd):
    inside = (f"/{odd}", f"/team/{odd}", f"/attempts/{odd}", f"/static/x/{odd}")
    asked = (f"/me?x={odd}", f"/?{odd}", f"/modules/referrals?a={odd}")
    for path in (*inside, *asked, f"/try/{odd}/questions/1"):
        page = amina_page.get(path)
        assert page.status in (200, 303, 308, 404), path


@pytest.mark.parametrize(
    "odd", ["\0", "\ufffd", "\u202e", "🙂", "'", '"', "<script>", "{{7*7}}", "%s"]
)
def test_odd_letters_in_forms_are_shown_as_they_are_or_not_at_all(anyone, odd):
    anyone.get("/sign-in")

    page = anyone.press("Send me a code", email=f"{odd} not an address")

    assert page.status == 400
    assert page.tree.all("script") == []
    assert "49" not in page.main.all("input", name="email")[0]["value"]


def test_a_lone_surrogate_in_a_form_is_no_letter(amina_page, question, service, people):
    sent = amina_page.client.post(
        question.path,
        data=f"csrf_token={amina_page.token}&reply=%ED%A0%80&flag=%ED%BF%BF",
        content_type="application/x-www-form-urlencoded",
    )

    assert sent.status_code == 400
    assert answered(service, people) == [0]


@pytest.mark.parametrize(
    "cookie", ["", "x", "=", '"', "\x7f", "knowledge=x; knowledge=y", "." * 5000, "e30.x.y"]
)
def test_an_odd_cookie_is_none(app, cookie):
    sent = app.test_client().get("/me", headers={"Cookie": f"knowledge={cookie}; try={cookie}"})

    assert (sent.status_code, sent.headers["Location"]) == (303, "/sign-in")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_another_method_is_told(app, method):
    for path in ("/", "/me", "/modules/referrals", "/sign-in"):
        assert app.test_client().open(path, method=method).status_code == 405


def test_the_wrong_way_to_open_an_address_is_told(amina_page):
    for path in ("/sign-out", "/me/sign-out-everywhere"):
        page = amina_page.get(path)
        assert page.status == 405
        assert page.heading == "That did not work"
        assert "This address is not meant to be opened in that way." in page.words


def test_a_page_that_is_not_there_says_so_to_whoever_it_is(anyone, amina_page):
    assert "Sign in" in anyone.get("/no/such/page").menu
    page = amina_page.get("/no/such/page")

    assert page.status == 404
    assert "My record" in page.menu
    assert page.links["All questionnaires"] == "/"


def test_looking_without_taking_the_body_works(app):
    sent = app.test_client().head("/modules/referrals")

    assert sent.status_code == 200
    assert sent.data == b""


# A database in trouble


@pytest.fixture
def hold(service):
    """Somebody else holds SQLite's queue of writers."""
    path = service.database.lock.path
    with closing(os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT), "rb")) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_a_database_that_is_locked_is_told_and_may_be_tried_again(
    amina_page, question, service, people, monkeypatch, keys, request
):
    monkeypatch.setattr("quizbot.store.database.PATIENCE", 0.05)
    letters = [("reply", letter) for letter in keys.right(question)]
    request.getfixturevalue("hold")

    page = amina_page.post(question.path, letters)

    assert page.status == 503
    assert page.heading == "Not available for a moment"
    assert "Nothing was lost: try again in a moment." in page.words
    assert amina_page.get(question.path).status == 200
    assert answered(service, people) == [0]


@on_sqlite
def test_a_database_that_is_read_only_is_told_without_its_inside(
    amina_page, question, service, people, keys, caplog
):
    letters = [("reply", letter) for letter in keys.right(question)]
    for engine in (service.database.writer, service.database.single):
        event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA query_only = ON"))
    service.database.dispose()

    page = amina_page.post(question.path, letters)

    assert page.status == 503
    assert "Answers given before are kept." in page.words
    assert "sqlite" not in page.body.lower()
    assert "The database cannot be written" in caplog.text
    assert amina_page.get(question.path).status == 200


@on_sqlite
def test_a_database_whose_tables_are_gone_is_told(anyone, service, caplog):
    with service.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE publication")

    page = anyone.get("/")

    assert page.status == 503
    assert "run `quizbot db upgrade`" in caplog.text
    assert anyone.get("/health/ready").status == 503
    assert anyone.get("/health/live").status == 200


def test_what_nobody_foresaw_is_told_without_its_inside_and_logged_without_the_form(
    service, caplog
):
    app = create_app(service)
    app.add_url_rule("/broken", "broken", public(lambda: str(1 / 0)))

    page = Visitor(app, service).get("/broken?name=Amina")

    assert page.status == 500
    assert page.heading == "Something went wrong here"
    assert "ZeroDivisionError" not in page.body
    assert "ZeroDivisionError" in caplog.text
    assert "Amina" not in caplog.text


def test_a_service_with_nothing_published_says_so(app, anyone, service):
    with service.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM publication")

    assert "No questionnaire is published yet." in anyone.get("/").words
    assert anyone.get("/health/ready").status == 503
    assert anyone.get("/modules/referrals").status == 404
