"""Whatever is sent in: no page answers 500, none takes long, and nobody else's words come back.

A few hundred inputs belong to every run; `make test-nightly` sends 20,000 and more.
"""

import io
import os
import time
from functools import partial
from random import Random

import pytest
from werkzeug.routing import Rule

from quizbot.rules.pick import Mode
from tests.chat.speaking import Chat

HANGS = 30.0  # seconds of CPU: no machine is so busy that an answer takes them
LONGEST = 1.0  # which none may take by night, when nothing else is done
SEED = int(os.environ.get("FUZZ_SEED", "0")) or None
# What has broken other services: ends of encodings, of numbers, of formats, and markup.
ODD = (
    "", " ", "\0", "\r\nX-Odd: yes", "'", '"', "<b>x</b>", "{{7*7}}", "%s%n", "../../x", "\\",
    "=1+1", "0", "-1", "1e309", "99999999999999999999", "nan", "True", "null", "[]", "{}",
    "\ud800", "\u202e", "\u0000", "\ufeff", "𝔘", "é" * 40, "a" * 5000, "\n" * 200, "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "2026-02-30", "31", "13", "0000", "9999", "all", "yes", "a", "b", "referrals", "Northmoor",
    "amina@northmoor.example", "a@b", "@", "01a00000-0000-7000-8000-000000000000",
)  # fmt: skip
FIELDS = (
    "reply", "reply-1", "reply-2", "flag", "go", "to_review", "mode", "module", "modules", "people",
    "reason", "why", "name", "email", "staff_ref", "job", "manager", "unit", "parent", "kind", "to",
    "objectives", "evidence", "statement", "note", "comment", "words", "answer", "mended_in", "act",
    "role", "checked", "code", "asked", "back", "look", "page", "seen", "confirm", "other", "again",
    "whom", "held", "jobs", "has_read", "first", "last", "holds", "also", "title", "means", "days",
    "due-day", "due-month", "due-year", "due_on-day", "due_on-month", "due_on-year", "begin",
    "starts_on-day", "starts_on-month", "starts_on-year", "last_day-day", "last_day-month",
    "last_day-year", "from-day", "from-month", "from-year", "until-day", "until-month",
    "within", "within_days", "within_months", "every_months", "window_days", "grace_days", "nudges",
)  # fmt: skip
LEAVES = ("auth.leave", "me.sign_out_everywhere", "people.leave", "people.join")  # and then no more


def by_day_and_night(few: int, many: int) -> list[object]:
    """How many inputs, and how many seconds of CPU the longest answer may take."""
    return [(few, HANGS), pytest.param(many, LONGEST, marks=pytest.mark.nightly)]


def word(chance: Random) -> str:
    """Something odd, or odd things together, or letters by chance."""
    luck = chance.random()
    if luck < 0.6:
        return chance.choice(ODD)
    if luck < 0.8:
        return "".join(chance.choice(ODD)[:30] for _ in range(chance.randint(2, 4)))
    return "".join(chr(chance.randint(1, 0x2FFF)) for _ in range(chance.randint(1, 40)))


def sendable(text: str) -> str:
    """As a browser could send it: half a character is none."""
    return text.encode("utf-8", "replace").decode()


@pytest.fixture
def chance():
    seed = SEED or Random().randrange(10**6)
    print(f"FUZZ_SEED={seed}")
    return Random(seed)


def path_of(rule: Rule, chance: Random, known: dict[str, object]) -> str:
    """An address of this rule: with what is there, or with nothing of the kind."""
    values = {}
    for name in rule.arguments:
        odd = chance.choice(["0", "x", "a.b", "%00", "é", "referrals", "7"])
        values[name] = known[name] if name in known and chance.random() < 0.7 else odd
    path = rule.rule
    for name, value in values.items():
        for kind in ("uuid:", "int:", "path:", ""):
            path = path.replace(f"<{kind}{name}>", str(value))
    return path


def fields(chance: Random, token: str) -> dict[str, list[str]]:
    """A form, with its token mostly right."""
    names = chance.sample(FIELDS, chance.randint(0, 12))
    found = {name: [sendable(word(chance)) for _ in range(chance.choice((1, 1, 1, 2, 9)))]
             for name in names}  # fmt: skip
    return found | {"csrf_token": [token if chance.random() < 0.95 else sendable(word(chance))]}


def timed(asked):
    """The answer, and the seconds of CPU that it took."""
    began = time.process_time()
    return asked(), time.process_time() - began


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("many", "longest"), by_day_and_night(300, 12_000))
def test_whatever_is_sent_to_a_page_it_answers(
    fresh_browser, app, service, people, chance, many, longest
):
    rules = [r for r in app.url_map.iter_rules() if r.endpoint not in LEAVES]
    edition = service.editions.current("referrals")
    known = {
        "of_person": people.amina,
        "attempt_id": service.attempts.start(people.amina, "referrals", Mode.ASSURED),
        "edition_id": edition.id,
        "question_id": next(iter(edition.questions)),
        "module": "referrals",
        "number": 1,
        "change": "k23-marriage-at-18",
        "kind": "svg",
    }
    visitors = [fresh_browser()] + [
        fresh_browser().sign_in(f"{name}@northmoor.example") for name in ("amina", "carys", "efua")
    ]
    for visitor in visitors:
        visitor.get("/sign-in" if visitor is visitors[0] else "/me")
    bad = []

    for _ in range(many):
        visitor, rule = chance.choice(visitors), chance.choice(rules)
        method = chance.choice(sorted(rule.methods & {"GET", "POST"}))
        path = path_of(rule, chance, known)
        sent = fields(chance, visitor.token)
        query = {name: values for name, values in sent.items() if name != "csrf_token"}
        asked = partial(
            visitor.client.open,
            path,
            method=method,
            query_string=query if method == "GET" or chance.random() < 0.1 else None,
            data=sent if method == "POST" else None,
        )
        answer, took = timed(asked)
        if took > longest:  # what is worked out once, the first time, is no matter of the input
            answer, took = timed(asked)
        if answer.status_code >= 500 or took > longest:
            bad.append((answer.status_code, round(took, 1), method, path, sent))
        assert "X-Odd" not in answer.headers
        answer.close()

    assert bad == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("many", "longest"), by_day_and_night(200, 8_000))
def test_whatever_is_written_in_a_chat_it_is_answered(service, people, chance, many, longest):
    service.links.accept(service.links.payload(people.amina), "terminal", "1")
    chats = [Chat(service, "1"), Chat(service, "2")]
    common = ("/take referrals", "/me", "/help", "a", "b", "1", "/practise referrals", "/stop",
              "what do I have to do?", "referrals", "/review", "yes")  # fmt: skip

    for _ in range(many):
        chat = chance.choice(chats)
        said = chance.choice(common) if chance.random() < 0.4 else sendable(word(chance))[:3000]
        began = time.process_time()
        chat.say(said)
        assert time.process_time() - began < longest, said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("many", "longest"), by_day_and_night(30, 1_500))
def test_whatever_file_of_people_comes_it_is_told_what_is_wrong(
    fresh_browser, service, people, tmp_path, monkeypatch, chance, many, longest
):
    monkeypatch.chdir(tmp_path)
    lead = fresh_browser().sign_in("efua@northmoor.example")
    lead.get("/admin/people/import")
    good = (
        "staff_ref,name,email,unit,job,started_on,manager\n"
        "N1,Amina Rahman,amina@northmoor.example,Northmoor/Council/Assessment,Nurse,2026-01-05,N3\n"
    )

    for _ in range(many):
        spoilt = bytearray(good.encode())
        for _ in range(chance.randint(0, 12)):
            at = chance.randrange(len(spoilt) + 1)
            cut = chance.randint(0, 3)
            spoilt[at : at + cut] = chance.choice(
                (word(chance).encode("utf-8", "replace")[:60], bytes([chance.randrange(256)]))
            )
        if chance.random() < 0.1:
            spoilt = bytearray(b"PK\x03\x04") + spoilt
        began = time.process_time()
        answer = lead.client.post(
            "/admin/people/import",
            data={
                "csrf_token": lead.token,
                "holds": chance.choice(("some", "all")),
                "unit": "Northmoor",
                "file": (io.BytesIO(bytes(spoilt)), sendable(word(chance))[:50] or "x"),
            },
        )
        assert answer.status_code in (303, 400), bytes(spoilt)
        if answer.status_code == 303:
            shown = lead.client.get(answer.headers["Location"])
            assert shown.status_code in (200, 400), bytes(spoilt)
        assert time.process_time() - began < longest, bytes(spoilt)
