"""What a whole run leaves in the log, and in the counts: nothing of anybody."""

import json
import re
import sqlite3
import urllib.request
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.error import HTTPError

import pytest

from tests.faults.test_killed import begin
from tools.running import Running, free_port
from tools.visitor import Visitor
from tools.waiting import until

AMINA, CARYS = "amina.rahman@northmoor.example", "carys.evans@northmoor.example"
PEOPLE = f"""\
QX-70415,Amina Rahman,{AMINA},Northmoor/Council/Assessment,Social worker,2026-01-05,QX-70416
QX-70416,Carys Evans,{CARYS},Northmoor/Council/Assessment,Team manager,2020-03-02,
"""
TOKEN = "of-no-use-anywhere-else"


def counts(running):
    request = urllib.request.Request(
        f"{running.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def lived_through(running):
    """Everything that people do with it, and what goes wrong; the words that they chose."""
    running.add_people(PEOPLE)
    visitor, chosen = Visitor(running), set()
    visitor.get("/sign-in")
    visitor.post("/sign-in", ("email", AMINA))
    with suppress(HTTPError):
        visitor.post("/sign-in/code", ("code", "000000"))
    visitor.post("/sign-in/code", ("code", running.code(AMINA)))
    base, total = begin(visitor)
    keys = running.keys("referrals")
    for number in range(1, total + 1):
        page = visitor.get(f"{base}/questions/{number}")
        right = keys.right(page.offered, page.words)
        chosen |= set(right)
        visitor.post(f"{base}/questions/{number}", *page.fields(right))
    visitor.get(f"{base}/review")
    visitor.post(f"{base}/review")
    visitor.get("/me")
    for path in ("/team", f"/people/{AMINA}", f"/modules/{AMINA}?name=Amina+Rahman", "/nowhere"):
        with suppress(HTTPError):
            visitor.get(path)
    manager = Visitor(running)
    manager.sign_in(CARYS)
    manager.get("/team")
    with closing(sqlite3.connect(running.folder / "var" / "quizbot.db")) as database:
        database.execute("ALTER TABLE certificate RENAME TO lost")
        with suppress(HTTPError):
            visitor.get("/me")
        database.execute("ALTER TABLE lost RENAME TO certificate")
    return chosen


def secrets_of(running):
    """Every name, address, number and code that the database has of somebody."""
    with closing(sqlite3.connect(running.folder / "var" / "quizbot.db")) as database:
        people = database.execute("SELECT name, email, staff_ref, id FROM person").fetchall()
        codes = database.execute("SELECT code FROM certificate").fetchall()
        attempts = database.execute("SELECT id FROM attempt").fetchall()
    found = {word for row in (*people, *codes, *attempts) for word in map(str, row)}
    assert {"Amina Rahman", AMINA, "QX-70415"} <= found
    assert codes
    names = {part for row in people for part in row[0].split()}
    return found | names | {AMINA.partition("@")[0]}


@dataclass(frozen=True)
class Left:
    """What a run left behind, and what nobody may find in it."""

    log: str
    counts: str
    secret: set[str]


@pytest.fixture(scope="module")
def left(tmp_path_factory, set_up_in):
    """A run with people in it, with a fault of its database, and then without a mail server."""
    running = set_up_in(Running(tmp_path_factory.mktemp("run"), loaded=True))
    running.environment |= {
        "QUIZBOT_LOG": "json",
        "QUIZBOT_LOG_REQUESTS": "yes",
        "QUIZBOT_METRICS_TOKEN": TOKEN,
    }
    try:
        running.start()
        chosen = lived_through(running)
        told = counts(running)
        running.stop()
        running.environment["QUIZBOT_MAIL_URL"] = f"smtp://127.0.0.1:{free_port()}"
        running.start()
        visitor = Visitor(running)
        visitor.get("/sign-in")
        visitor.post("/sign-in", ("email", AMINA))
        until(lambda: "mail server" in running.log.read_text(), 60, "the word that no mail leaves")
        secret = secrets_of(running) | chosen | set(running.codes(AMINA))
        yield Left(running.log.read_text(), told, secret)
    finally:
        running.kill()


def test_the_log_of_a_whole_run_has_nothing_of_anybody(left):
    said = f"{left.log}\n{left.counts}".casefold()

    assert [word for word in left.secret if word.casefold() in said] == []
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7", said), "an id of something of somebody's"
    assert "traceback" not in said


def test_a_run_is_logged_and_counted_over_all_its_processes(left):
    log = [json.loads(line) for line in left.log.splitlines() if line[0] == "{"]
    answered = [line for line in log if line["words"] == "answered"]

    assert {line["part"] for line in answered} == {"quizbot web"}
    assert len({line["request"] for line in answered}) == len(answered)
    pages = [line["page"] for line in answered if line["status"] == 303]
    assert pages.count("attempt.answer") >= 14
    (failed,) = [line for line in log if line["level"] == "error"]
    assert failed["words"].startswith("The database is not up to date")
    assert failed["request"] in {line["request"] for line in answered if line["status"] == 503}
    name = 'knowledge_requests_total{method="POST",page="attempt.answer",status="303"}'
    (line,) = [line for line in left.counts.splitlines() if line.startswith(name)]
    assert float(line.split()[-1]) == pages.count("attempt.answer")
