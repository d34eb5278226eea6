"""The page of connections: what is on, what works, what to do; and the command beside it."""

import pytest

from quizbot.outbox.mail import Fate, Sent
from quizbot.service import open_service
from quizbot.work import Work
from tests.chat.in_teams import open_teams, teams_service
from tests.conftest import settings_for
from tests.pages.test_organisations import BACK, council, police, service, sign_in, tables
from tools.connector import BotConnector

__all__ = ["council", "police", "service", "tables"]  # fixtures: the same two organisations

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lead(fresh_browser, people):
    return fresh_browser().sign_in("efua@northmoor.example")


def told(page, title):
    """What the page says of one connection."""
    return next(one.words for one in page.tree.all("li") if one.words.startswith(title))


def test_a_lead_sees_what_is_on_and_what_was_never_used(lead):
    page = lead.get("/admin/connections")

    council = told(page, "Sign-in: Northmoor Council")
    assert "Signs in addresses of northmoor.example by 127.0.0.1" in council
    assert "Not used yet." in council
    assert told(page, "Telegram").endswith("Off")
    assert "written as files" in told(page, "E-mail")


def test_a_use_is_told(lead, anyone):
    sign_in(anyone)

    page = lead.get("/admin/connections")

    assert "Last worked on" in told(page, "Sign-in: Northmoor Council")


def test_a_fault_is_told_with_what_to_do_until_it_works_again(
    lead, anyone, council, service, clock
):
    council.status = 503
    anyone.get("/sign-in/council")
    broken = told(lead.get("/admin/connections"), "Sign-in: Northmoor Council")

    council.status = 200
    clock.forward(minutes=5)
    service.organisations.check("council", BACK)

    assert "answers with status 503" in broken
    assert "compare it with docs/connect/openid-connect.md" in broken
    assert "The code by e-mail works meanwhile." in broken
    mended = told(lead.get("/admin/connections"), "Sign-in: Northmoor Council")
    assert "503" not in mended
    assert mended.endswith("On")


def test_the_log_says_once_an_hour_which_does_not_work_and_not_why(anyone, council, clock, caplog):
    council.status = 503
    for _ in range(3):
        anyone.get("/sign-in/council")
        clock.forward(minutes=5)
    before = list(caplog.messages)
    clock.forward(minutes=60)

    anyone.get("/sign-in/council")

    words = "connection sign-in:council does not work: `quizbot connections list` says why"
    assert before == [words]
    assert caplog.messages == [words, words]


def test_no_secret_is_on_the_page(lead, service):
    page = lead.get("/admin/connections")

    for known in service.organisations.providers.values():
        assert known.provider.secret not in page.body
    assert service.settings.secret_key not in page.body


def test_mail_is_told_as_it_leaves_and_as_it_does_not(
    fresh_browser, people, app, database_url, tmp_path, clock
):
    url = "smtp://someone:secret-word@mail.example.org:587"
    opened = open_service(settings_for(database_url, tmp_path, mail_url=url), clock)
    app.extensions["quizbot"] = opened
    ends = iter([Sent(Fate.RETRY, "the mail server broke off"), Sent(Fate.SENT)])
    work = Work(opened, wire=lambda *_: next(ends))
    work.lease.take()
    opened.sign_in.ask("amina@northmoor.example")
    work.send_codes()
    (broken,) = (line for line in opened.connected.all() if line.name == "mail")
    clock.forward(minutes=1)
    work.lease.take()
    work.send_codes()

    (mended,) = (line for line in opened.connected.all() if line.name == "mail")
    assert broken.fault == "the mail server broke off"
    assert "What was not sent waits" in broken.advice
    assert mended.fault == mended.advice == ""
    assert mended.used_at == clock()
    assert "secret-word" not in repr(mended)
    opened.close()


def test_teams_is_told_as_it_works_and_as_it_does_not(
    fresh_browser, people, app, database_url, tmp_path, clock
):
    with BotConnector(lambda: clock().timestamp()) as connector:
        opened = teams_service(database_url, tmp_path, clock, connector)
        app.extensions["quizbot"] = opened
        there = open_teams(opened, connector).test_client()
        somebody = connector.world.person()
        lead = fresh_browser().sign_in("efua@northmoor.example")
        unused = told(lead.get("/admin/connections"), "Microsoft Teams")

        somebody.says("/help")
        used = told(lead.get("/admin/connections"), "Microsoft Teams")
        clock.forward(minutes=5)
        token = connector.token(aud="00000000-0000-0000-0000-000000000000")
        there.post("/teams/messages", data="{}", headers={"Authorization": f"Bearer {token}"})
        broken = told(lead.get("/admin/connections"), "Microsoft Teams")
        opened.close()

    assert "Teams posts to " in unused
    assert "Not used yet." in unused
    assert "Last worked on" in used
    assert used.endswith("On")
    assert "The token is for another app than QUIZBOT_TEAMS_APP." in broken
    assert "compare it with docs/connect/teams.md" in broken
    assert "Questionnaires go on in the browser" in broken
    assert broken.endswith("Fault")


@pytest.mark.parametrize("who", ["amina", "carys"])
def test_it_is_for_leads(fresh_browser, people, who):
    visitor = fresh_browser().sign_in(f"{who}@northmoor.example")

    assert visitor.get("/admin/connections").status == 403
