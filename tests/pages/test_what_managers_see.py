"""Managers see of an attempt what everybody is told that they see, and nothing more."""

import io
import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import delete, select, update

from quizbot.chat import told as chat
from quizbot.reminders.letters import Contents, DigestLine, Setting, Wish, digest
from quizbot.rules.due import State
from quizbot.rules.pick import Mode
from quizbot.store.tables import answer, attempt, attempt_misconception
from quizbot.words import AS_MANAGER_YOU_SEE, MANAGER_SEES
from tools.markup import Markup

# What may be seen of an attempt, in the words of the promise: where it stands on a manager's page.
SEEN = {
    "whether you have begun": "Begun",
    "your score": "79%",
    "whether you passed": "Not passed",
    "which areas were shown": "Not shown",
    "the day": "21 November 2026",
}
NEVER_SAME = re.compile(r'(?<=name="csrf_token" value=")[^"]+|(?<=DTSTAMP:)\S+')
OWN_OR_ABROAD = ("/me", "/sign-out", "/static", "/modules", "/problems", "/attempts", "/sign-in")


def read(answered) -> str:
    """What is in a page or a file, as somebody who opens it finds it."""
    kind, body = answered.content_type, answered.get_data()
    if "pdf" in kind:
        return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(body)).pages)
    if "sheet" in kind:
        sheets = load_workbook(io.BytesIO(body)).worksheets
        return repr([[cell.value for cell in row] for sheet in sheets for row in sheet.rows])
    return NEVER_SAME.sub("", body.decode("latin-1"))


def all_seen(visitor) -> dict[str, str]:
    """Every page and file that links of a manager's pages lead to, by its address."""
    seen, waiting = {}, ["/", "/team"]
    while waiting:
        path = waiting.pop(0)
        if path in seen or urlsplit(path).path.startswith(OWN_OR_ABROAD):
            continue
        answered = visitor.client.get(path)
        seen[path] = f"{answered.status_code} {read(answered)}"
        if answered.mimetype == "text/html":
            links = re.findall(r'<a [^>]*href="(/[^"#]*)', answered.get_data(as_text=True))
            waiting += [link.replace("&amp;", "&") for link in links]
    return seen


@pytest.fixture
def taken(service, people, amina_page, take, carys_page):
    """Amina failed what Carys asked of her, begins anew, and has practised too."""
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 11, 30), "")
    take(amina_page, "Start", wrong_at=(1, 2, 3))
    service.attempts.start(people.amina, "referrals", Mode.ASSURED)


def answer_otherwise(service, person_id):
    """Write over what somebody answered, when, and how; what came of it, and the day, stay."""
    mine = select(attempt.c.id).where(attempt.c.person_id == person_id)
    with service.database.writing() as connection:
        for row in connection.execute(select(attempt).where(attempt.c.person_id == person_id)):
            other = {
                name: at.replace(hour=4, minute=4)
                for name in ("started_at", "submitted_at")
                if (at := getattr(row, name)) is not None
            }
            connection.execute(update(attempt).where(attempt.c.id == row.id).values(**other))
        rows = connection.execute(select(answer).where(answer.c.attempt_id.in_(mine))).all()
        assert rows
        for row in rows:
            connection.execute(
                update(answer)
                .where(answer.c.attempt_id == row.attempt_id, answer.c.number == row.number)
                .values(
                    reply="b" if row.reply == "a" else "a",
                    is_right=not row.is_right,
                    flagged=not row.flagged,
                    answered_at=row.answered_at and row.answered_at.replace(hour=4, minute=44),
                )
            )
        known = delete(attempt_misconception).where(attempt_misconception.c.attempt_id.in_(mine))
        assert connection.execute(known).rowcount


def test_no_page_and_no_file_of_a_manager_hangs_on_a_reply_or_on_practice(
    taken, carys_page, amina_page, service, people, take
):
    before = all_seen(carys_page)

    answer_otherwise(service, people.amina)
    take(amina_page, "Start practice", wrong_at=range(1, 12))
    service.attempts.start(people.amina, "referrals", Mode.PRACTICE)

    after = all_seen(carys_page)
    assert before.keys() == after.keys()
    assert [path for path, words in before.items() if words != after[path]] == []
    endings = {path.partition("?")[0].rpartition(".")[2] for path in before if "." in path}
    assert endings >= {"csv", "xlsx", "ics"}
    assert any(path.startswith("/team/people/") for path in before)
    assert any(path.startswith("/team/guide/") for path in before)


def test_each_thing_of_the_promise_is_what_managers_are_shown(taken, carys_page, people):
    shown = [carys_page.get("/team").words, carys_page.get(f"/team/people/{people.amina}").words]

    for promised, words in SEEN.items():
        assert promised in MANAGER_SEES
        assert any(words in page for page in shown), promised
    named = MANAGER_SEES.partition("sees ")[2].partition(".")[0]
    assert named == "{}, {}, {}, {}, and {}".format(*SEEN)


def test_managers_read_the_same_promise(taken, carys_page, people):
    for path in ("/team", f"/team/people/{people.amina}"):
        assert AS_MANAGER_YOU_SEE in carys_page.get(path).words
    for same in ("whether", "begun", "score", "passed", "which areas were shown", "the day"):
        assert same in MANAGER_SEES
        assert same in AS_MANAGER_YOU_SEE


def test_practitioners_are_told_it_in_the_same_words_everywhere(amina_page, take, service, people):
    offer = service.editions.offer("referrals")
    asked = DigestLine(
        "referrals", "Referrals", 12, State.ASSIGNED, date(2026, 12, 14), (Wish("", ""),)
    )
    setting = Setting.of(service.place, service.settings.public_url, service.quiet)
    letter = digest(Contents(asked=(asked,)), setting, service.today())
    told = {
        "instructions": amina_page.get("/modules/referrals").words,
        "privacy page": amina_page.get("/privacy").words,
        "a pass": take(amina_page, "Start").words,
        "a fail": take(amina_page, "Start", wrong_at=(1, 2, 3)).words,
        "letter": " ".join(letter.text.split()),
        "letter as HTML": Markup(letter.html).root.words,
        "chat before the start": chat.module(offer, ()).text,
        "chat on privacy": chat.privacy(service).text,
    }

    assert [where for where, words in told.items() if MANAGER_SEES not in words] == []
