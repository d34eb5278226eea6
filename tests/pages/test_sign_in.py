"""Signing in by e-mail and code, and how a session ends."""

import contextlib
from datetime import date, datetime, timedelta

import pytest
import time_machine
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event, func, select, update
from sqlmodel import SQLModel

from quizbot.errors import SignInRefused
from quizbot.service import open_service
from quizbot.store.tables import person, sign_in
from quizbot.work import Work
from tests.conftest import settings_for
from tests.pages.conftest import Visitor, mails, newest_code
from web import create_app

AMINA = "amina@northmoor.example"
NOBODY = "nobody@northmoor.example"


@pytest.fixture
def amina_page(fresh_browser, people):
    """Amina, signed in by the code that was mailed to her."""
    return fresh_browser().sign_in_by_code(AMINA)


@pytest.fixture
def asked(anyone, people):
    """Somebody who has asked for Amina's code and not entered it yet."""
    anyone.get("/sign-in")
    anyone.press("Send me a code", email=AMINA)
    return anyone


def signed_in(visitor):
    return visitor.get("/me").status == 200


def test_a_code_from_the_mail_signs_in(asked, service):
    page = asked.press("Continue", code=newest_code(service, AMINA))

    assert page.heading == "My record"
    assert "Amina Rahman" in page.tree.all("header")[0].words


def test_the_mail_has_the_code_and_nothing_that_could_be_pressed(asked, service):
    code = newest_code(service, AMINA)

    ((to, subject, text),) = mails(service)

    assert to == AMINA
    assert subject == f"{code} is your sign-in code"
    assert code in text
    assert "15 minutes" in text
    assert "http" not in text


def test_an_address_is_known_however_it_is_written(anyone, service, people):
    anyone.get("/sign-in")
    anyone.press("Send me a code", email="  AMINA@Northmoor.Example ")

    assert anyone.press("Continue", code=newest_code(service, AMINA)).heading == "My record"


def test_a_code_may_be_typed_with_spaces(asked, service):
    code = newest_code(service, AMINA)

    assert asked.press("Continue", code=f" {code[:3]} {code[3:]} ").heading == "My record"


def rows(service):
    """How many rows every table has."""
    with service.database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


def test_an_unknown_address_gets_the_same_page_and_the_same_work(fresh_browser, service, people):
    told, done, grown, sessions = [], [], [], []
    statements = []
    for engine in (service.database.writer, service.database.reader):
        event.listen(
            engine, "before_cursor_execute", lambda _c, _k, words, *_: statements.append(words)
        )
    for address in (AMINA, NOBODY):
        visitor = fresh_browser()
        visitor.get("/sign-in")
        before = rows(service)
        statements.clear()
        page = visitor.press("Send me a code", email=address)
        done.append(list(statements))
        grown.append({name: count - before[name] for name, count in rows(service).items()})
        told.append((page.status, page.body.replace(address, "…").replace(visitor.token, "…")))
        sessions.append({name: len(value) for name, value in session_of(visitor).items()
                         if name != "address"})  # fmt: skip

    assert told[0] == told[1]
    assert done[0] == done[1]
    assert grown[0] == grown[1]
    assert grown[0]["sign_in"] == grown[0]["notice"] == 1
    assert sessions[0] == sessions[1]

    Work(service).once()
    assert [to for to, _, _ in mails(service)] == [AMINA]


def test_a_wrong_code_is_told_alike_whoever_asked(fresh_browser, service, people):
    told = []
    for address in (AMINA, NOBODY):
        visitor = fresh_browser()
        visitor.get("/sign-in")
        visitor.press("Send me a code", email=address)
        Work(service).once()
        told.append([visitor.press("Continue", code=wrong_code(service)).errors for _ in range(7)])

    assert told[0] == told[1]
    assert told[0][:5] == [["That is not the code we sent. Check it and try again."]] * 5
    assert told[0][5:] == [["That was wrong too often. Ask for a new code."]] * 2


def wrong_code(service):
    """Six digits that nobody was sent."""
    sent = {subject[:6] for _, subject, _ in mails(service)}
    return next(f"{n:06}" for n in range(10) if f"{n:06}" not in sent)


def test_after_five_wrong_codes_the_right_one_does_not_help(asked, service):
    code = newest_code(service, AMINA)
    for _ in range(5):
        asked.press("Continue", code=wrong_code(service))

    page = asked.press("Continue", code=code)

    assert page.errors == ["That was wrong too often. Ask for a new code."]
    assert not signed_in(asked)


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "12345a", "１２３４５６", "12\x0034", "٣٤٥٦٧٨"]
)
def test_what_is_no_code_is_told_and_costs_no_try(asked, service, code):
    right = newest_code(service, AMINA)
    for _ in range(6):
        assert asked.press("Continue", code=code).errors == ["Enter the six digits from the e-mail"]

    assert asked.press("Continue", code=right).heading == "My record"


def test_a_code_runs_out_after_a_quarter_of_an_hour(asked, service, clock):
    code = newest_code(service, AMINA)
    clock.forward(minutes=15, seconds=1)

    page = asked.press("Continue", code=code)

    assert page.errors == ["This code has run out or was used. Ask for a new one."]


def test_a_code_that_was_not_sent_in_time_is_not_sent(asked, service, clock):
    clock.forward(minutes=16)

    Work(service).once()

    assert mails(service) == []


def test_a_code_works_once(asked, service):
    code = newest_code(service, AMINA)
    waiting = asked.cookie("knowledge")
    asked.press("Continue", code=code)
    asked.client.set_cookie("knowledge", waiting)

    asked.get("/sign-in/code")

    page = asked.press("Continue", code=code)
    assert page.errors == ["This code has run out or was used. Ask for a new one."]


def test_a_code_works_only_in_the_browser_that_asked(asked, fresh_browser, service):
    thief = fresh_browser()
    thief.get("/sign-in")
    thief.press("Send me a code", email=NOBODY)

    page = thief.press("Continue", code=newest_code(service, AMINA))

    assert page.errors == ["That is not the code we sent. Check it and try again."]
    assert not signed_in(thief)


def test_a_newer_code_is_asked_for_and_the_older_browser_keeps_its_own(
    asked, fresh_browser, service
):
    first = newest_code(service, AMINA)
    other = fresh_browser()
    other.get("/sign-in")
    other.press("Send me a code", email=AMINA)

    assert asked.press("Continue", code=first).heading == "My record"
    assert other.press("Continue", code=newest_code(service, AMINA)).heading == "My record"


def test_five_codes_an_hour_are_sent_and_no_more(fresh_browser, service, people, clock):
    for _ in range(5):
        visitor = fresh_browser()
        visitor.get("/sign-in")
        assert visitor.press("Send me a code", email=AMINA).heading == "Enter your code"
    for address in (AMINA, AMINA):
        visitor = fresh_browser()
        visitor.get("/sign-in")
        (told,) = visitor.press("Send me a code", email=address).errors
        assert told.startswith("5 codes were sent to this address within the hour.")
    Work(service).once()
    assert len(mails(service)) == 5

    clock.forward(hours=1, seconds=1)

    fresh_browser().sign_in_by_code(AMINA)
    assert len(mails(service)) == 6


@pytest.mark.parametrize(
    "email",
    [
        "",
        "amina",
        "amina@northmoor",
        "a b@c.de",
        "a@b.c\0",
        "a@b.c\u202e",
        "<a@b.cd>",
        "x" * 300 + "@b.cd",
    ],
)
def test_what_is_no_address_is_told(anyone, service, email):
    before = rows(service)
    anyone.get("/sign-in")

    page = anyone.press("Send me a code", email=email)

    assert page.status == 400
    assert page.errors == ["Enter an e-mail address, such as name@example.org"]
    assert rows(service) == before


def test_the_code_page_without_having_asked_leads_to_sign_in(anyone):
    assert anyone.get("/sign-in/code").location == "/sign-in"
    anyone.get("/sign-in")
    assert anyone.post("/sign-in/code", [("code", "123456")]).location == "/sign-in"


def test_signed_in_the_sign_in_page_leads_to_the_record(amina_page):
    assert amina_page.get("/sign-in").location == "/me"


def test_signing_in_makes_a_session_that_nobody_had_before(asked, service):
    asked.get("/sign-in/code")
    token = asked.token

    asked.press("Continue", code=newest_code(service, AMINA))

    assert asked.token != token
    assert set(session_of(asked)) <= {"_permanent", "p", "e", "s", "n"}


def session_of(visitor):
    """What the session cookie says, to whoever can read it."""
    return URLSafeTimedSerializer("nobody's").loads_unsafe(visitor.cookie("knowledge"))[1]


def test_a_browser_in_which_somebody_signed_in_is_known_to_them_again(amina_page, service):
    amina_page.get("/me")
    amina_page.press("Sign out")
    for n in range(5):
        for _ in range(4):
            with contextlib.suppress(SignInRefused):
                service.sign_in.ask(AMINA, f"198.51.100.{n}")

    amina_page.get("/sign-in")

    assert amina_page.press("Send me a code", email=AMINA).heading == "Enter your code"


def test_signing_out_ends_this_session(amina_page):
    page = amina_page.press("Sign out")

    assert page.notes == ["You are signed out."]
    assert "Sign in" in page.menu
    assert amina_page.get("/me").location == "/sign-in"


def test_signing_out_on_every_device_ends_every_session(amina_page, fresh_browser):
    phone = fresh_browser().sign_in_by_code(AMINA)

    amina_page.get("/me")
    amina_page.press("Sign out on every device")

    assert not signed_in(amina_page)
    assert not signed_in(phone)
    assert signed_in(fresh_browser().sign_in_by_code(AMINA))


def test_an_older_cookie_is_worth_nothing_after_signing_out_everywhere(amina_page, keys):
    amina_page.get("/modules/referrals")
    question = amina_page.press("Start")
    older = amina_page.cookie("knowledge")
    amina_page.get("/me")
    amina_page.press("Sign out on every device")

    amina_page.client.set_cookie("knowledge", older)

    assert amina_page.get("/me").location == "/sign-in"
    amina_page.client.set_cookie("knowledge", older)
    assert amina_page.get(question.path).location == "/sign-in"
    amina_page.client.set_cookie("knowledge", older)
    assert amina_page.post(question.path, [("reply", "a")]).location == "/sign-in"


def leave(service, person_id, on):
    with service.database.writing() as connection:
        connection.execute(update(person).where(person.c.id == person_id).values(left_on=on))


def test_who_leaves_is_signed_out_the_day_after(amina_page, service, people, clock):
    amina_page.get("/modules/referrals")
    question = amina_page.press("Start")
    leave(service, people.amina, date(2026, 11, 21))
    assert signed_in(amina_page)

    clock.forward(days=1)

    cookie = amina_page.cookie("knowledge")
    for path in ("/me", question.path, "/modules/referrals"):
        amina_page.client.set_cookie("knowledge", cookie)
        page = amina_page.get(path, follow=True)
        assert "Amina" not in page.body
        assert page.heading in ("Sign in", "Referrals")


def test_who_has_left_gets_no_code(fresh_browser, service, people):
    leave(service, people.amina, date(2026, 11, 20))
    visitor = fresh_browser()
    visitor.get("/sign-in")

    visitor.press("Send me a code", email=AMINA)
    Work(service).once()

    assert mails(service) == []


def test_who_leaves_between_asking_and_entering_does_not_come_in(asked, service, people):
    code = newest_code(service, AMINA)
    leave(service, people.amina, date(2026, 11, 20))

    page = asked.press("Continue", code=code)

    assert page.errors == ["This code has run out or was used. Ask for a new one."]


def test_a_session_lasts_half_a_day(amina_page):
    with time_machine.travel(datetime.now().astimezone() + timedelta(hours=11, minutes=55)):
        assert signed_in(amina_page)
    with time_machine.travel(datetime.now().astimezone() + timedelta(hours=12, minutes=5)):
        assert not signed_in(amina_page)


def test_cookies_are_kept_from_scripts_and_other_sites(anyone, people):
    anyone.get("/sign-in")
    sent = anyone.history[-1].headers.getlist("Set-Cookie")
    anyone.get("/modules/referrals")
    started = anyone.press("Try it now", follow=False).headers.getlist("Set-Cookie")

    for cookie in (*sent, *started):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie  # this service is told to be reached by http
    assert sent
    assert started


def test_served_by_https_cookies_insist_on_it(database_url, tmp_path, clock):
    settings = settings_for(database_url, tmp_path, public_url="https://knowledge.example.org")
    service = open_service(settings, clock)
    visitor = Visitor(create_app(service), service)
    visitor.get("/modules/referrals")
    started = visitor.press("Try it now", follow=False)
    service.close()

    cookies = [cookie for p in visitor.history for cookie in p.headers.getlist("Set-Cookie")]
    assert started.status == 303
    assert len(cookies) >= 2
    assert all("Secure" in cookie for cookie in cookies)


def test_a_code_is_kept_only_as_a_keyed_hash(asked, service):
    code = newest_code(service, AMINA)

    with service.database.reading() as connection:
        row = connection.execute(select(sign_in)).one()

    assert len(row.code_hash) == 64
    assert code not in str(row)
    assert AMINA not in str(row)


@pytest.mark.parametrize(
    ("who", "first"), [("amina", "/me"), ("carys", "/team"), ("efua", "/admin")]
)
def test_the_day_begins_where_one_is_needed(fresh_browser, people, who, first):
    page = fresh_browser().sign_in_by_code(f"{who}@northmoor.example").page

    assert page.path == first
