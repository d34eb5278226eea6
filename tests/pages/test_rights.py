"""Who may open and do what: every address there is, by everybody there is, on what is Amina's.

docs/rights.md is the table that people read; here it is walked over the real map of addresses. A
new address has no row, and fails. Whoever changes a row has changed who may see something.
"""

import io
import json
import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from werkzeug.routing import Rule

from quizbot.access import Role
from quizbot.evidence.attestations import STATEMENT, AttestationDraft
from quizbot.rules.due import DispensationKind
from quizbot.rules.pick import Mode
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.standing.requirements import Draft as RuleDraft
from quizbot.store.tables import (
    attempt,
    attestation,
    chat_link,
    later_ask,
    new_id,
    post,
    problem_report,
    request,
    role_grant,
    unit,
)
from tests.evidence.elsewhere import Foreign
from tests.house import ROOT

PAGE = ROOT / "docs" / "rights.md"
CHANGE = "k23-marriage-at-18"
MORE = """\
staff_ref,name,email,unit,job,started_on,manager
N6,Flora Novak,flora@northmoor.example,Northmoor/Police/Child protection,Analyst,2020-01-06,N4
N7,Gwen Pugh,gwen@northmoor.example,Northmoor/Police/Child protection,Analyst,2020-01-06,N4
N8,Hari Das,hari@northmoor.example,Northmoor/Police/Child protection,Analyst,2020-01-06,N4
"""
# Who asks, by the heading of the table; what is asked for is Amina's, of the Council.
WHO = {
    "anyone": "",
    "herself": "amina",
    "a colleague": "bashir",
    "her manager": "carys",
    "another's manager": "dylan",
    "lead of all": "efua",
    "lead of the Police": "flora",
    "auditor of all": "gwen",
    "auditor of the Police": "hari",
}
NAMES = tuple(WHO)
ANSWERS = {401: "in", 200: "yes", 303: "yes", 400: "asks", 409: "asks", 403: "no", 404: "–"}
CLOSED = ("in", "no", "–", "asks")  # after which nothing may have changed
WORDS = "In a few words."
# What forms ask for, so that who may do it has done it; each takes of it what it knows.
FILLED = {
    **dict.fromkeys(("reason", "why", "comment", "words", "answer", "checked", "note"), WORDS),
    "reply": "a",
    "used": "used",
    "hindered": "time",
    "module": "referrals",
    "modules": "referrals",
    "kind": "pause",
    "objectives": "consent",
    "evidence": "discussion",
    "statement": STATEMENT,
    "name": "Nora Field",
    "email": "nora.field@northmoor.example",
    "job": "Nurse",
    "role": "manager",
    "confirm": "yes",
    "to": "email",
    "holds": "some",
    "act": "tell",
    "unit": "Northmoor",
    "other": "bashir@northmoor.example",
    **{
        f"{day}-{part}": value
        for day in ("due", "due_on", "until", "last_day", "starts_on", "starts", "from")
        for part, value in (("day", "1"), ("month", "3"), ("year", "2027"))
    },
}
COUNCIL_IN_PREVIEW = {"held": "since", "act": "tell", "unit": "Northmoor"}


@dataclass(frozen=True)
class Asker:
    """Somebody's browser, as it was when they had just signed in."""

    cookie: str
    token: str


@dataclass
class Kept:
    """The database and the uploads as they were, to be brought back after what changed them."""

    file: Path
    copy: sqlite3.Connection
    uploads: Path
    watch: sqlite3.Connection
    seen: int = 0

    @classmethod
    def of(cls, file: Path, aside: Path) -> "Kept":
        copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(file)) as now:
            now.backup(copy)
        shutil.copytree("var/uploads", aside)
        kept = cls(file, copy, aside, sqlite3.connect(file))
        kept.seen = kept.version
        return kept

    @property
    def version(self) -> int:
        """Another after everything that anybody has put into the database."""
        version: int = self.watch.execute("PRAGMA data_version").fetchone()[0]
        return version

    def bring_back(self) -> None:
        if self.version != self.seen:
            with closing(sqlite3.connect(self.file)) as now:
                self.copy.backup(now)
            self.seen = self.version
        shutil.copytree(self.uploads, "var/uploads", dirs_exist_ok=True)


@pytest.fixture
def of_amina(fresh_browser, take, service, people, clock, tmp_path, monkeypatch):
    """What there is of Amina and of her unit, by the names that addresses have for it."""
    monkeypatch.chdir(tmp_path)  # where the uploaded file waits
    more = tmp_path / "more.csv"
    more.write_text(MORE)
    service.people.import_file(more)
    service.people.grant("flora@northmoor.example", Role.LEAD, "Northmoor/Police")
    service.people.grant("gwen@northmoor.example", Role.AUDITOR, "Northmoor")
    service.people.grant("hari@northmoor.example", Role.AUDITOR, "Northmoor/Police")
    amina = fresh_browser().sign_in("amina@northmoor.example")
    take(amina, "Start")
    service.people.grant("amina@northmoor.example", Role.AUDITOR, "Northmoor/Council")
    day = date(2026, 12, 31)
    service.requests.ask(people.carys, [people.amina], ["referrals"], day, "For her induction.")
    pause = service.dispensations.grant(
        people.efua, people.amina, DispensationKind.PAUSE, None, date(2026, 11, 21), None, "Leave."
    )
    service.attestations.make(
        people.carys,
        AttestationDraft("referrals", (people.amina,), ("consent",), ("discussion",), STATEMENT),
    )
    rule = RuleDraft(
        unit="Northmoor/Council",
        modules=("referrals",),
        in_force_from=day,
        within_days=30,
        reason="Induction.",
    )
    (rule_id,) = service.rules.save(rule, rule.fingerprint, people.efua)
    edition = service.editions.current("referrals")
    service.problems.report(edition.id, next(iter(edition.questions)), "A doubt.", people.amina)
    service.links.accept(service.links.payload(people.amina), "telegram", "4711")
    draft = ChangeDraft(change=CHANGE, unit="Northmoor/Council")
    told = service.changes.apply(draft, draft.fingerprint, people.efua)
    draft_id = service.drafts.edit(people.efua, next(iter(edition.questions)))
    pack_id = service.packs.ask(people.efua, "", "")
    list(service.packs.work())
    with service.database.writing() as connection:
        asked = {"module": "referrals", "agency": "Northmoor/Council", "state": "open"}
        connection.execute(
            insert(later_ask).values(
                id=new_id(), person_id=people.amina, asked_on=service.today(), **asked
            )
        )
    academy = Foreign(clock, url="https://southmere.example")
    key_file = json.dumps(academy.key_set()).encode()
    issuer_id = service.issuers.trust(people.efua, "", key_file, at_once=False)
    brought = service.brought.bring(people.amina, academy.token())
    lead = fresh_browser().sign_in("efua@northmoor.example")
    lead.get("/admin/people/import")
    file = (
        "staff_ref,name,unit,job,started_on\n"
        "N1,Amina Rahman,Northmoor/Council/Assessment,Nurse,2026-01-05\n"
    )
    sent = lead.client.post(
        "/admin/people/import",
        data={
            "csrf_token": lead.token,
            "holds": "some",
            "unit": "",
            "file": (io.BytesIO(file.encode()), "people.csv"),
        },
    )
    with service.database.writing() as connection:  # a right that she has not yet
        connection.execute(
            update(role_grant)
            .where(role_grant.c.person_id == people.amina)
            .values(starts_on=service.today() + timedelta(days=30))
        )
    open_one = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    with service.database.reading() as connection:

        def id_of(table, *conditions):
            return connection.execute(select(table.c.id).where(*conditions)).scalars().first()

        return {
            "of_person": people.amina,
            "about": people.amina,
            "post_id": id_of(post, post.c.person_id == people.amina),
            "grant_id": id_of(role_grant, role_grant.c.person_id == people.amina),
            "request_id": id_of(request),
            "granted_id": pause,
            "pack_id": pack_id,
            "ask_id": id_of(later_ask),
            "attestation_id": id_of(attestation),
            "rule_id": rule_id,
            "link_id": id_of(chat_link),
            "unit_id": id_of(unit, unit.c.path == "Northmoor/Council"),
            "code": service.certificates.of(people.amina)[0].code,
            "token": sent.headers["Location"].split("/")[4],
            "attempt_id": open_one,
            "done_id": id_of(attempt, attempt.c.submitted_at.is_not(None)),
            **dict.fromkeys(("edition_id", "before", "after"), edition.id),
            "question_id": next(iter(edition.questions)),
            "problem_id": id_of(problem_report),
            "module": "referrals",
            "number": 1,
            "change": CHANGE,
            "action_id": told,
            "kind": "svg",
            "draft_id": draft_id,
            "step": "asked",
            "system": "csv",
            "name": "app.css",
            "stamp": "x",
            "setting": "referral_team",
            "issuer_id": issuer_id,
            "brought_id": brought.brought_id,
            "token_id": people.amina,  # there is no key: no directory is let in here
            # Nobody signs in by another service here: tests/signin has those who do.
            "account_id": "01a00000-0000-7000-8000-000000000000",
            "provider": "example",
            # No learning system is connected here: tests/lti has those that are.
            "platform_id": "01a00000-0000-7000-8000-000000000000",
            "word": "example",
            "mode": "practice",
            "filename": "app.css",
        }


@pytest.fixture
def askers(fresh_browser, of_amina):
    """Everybody of the table, signed in."""
    found = {}
    for heading, name in WHO.items():
        visitor = fresh_browser()
        if name:
            visitor.sign_in(f"{name}@northmoor.example")
        visitor.get("/sign-in" if not name else "/me")
        cookies = visitor.client._cookies.values() if visitor.client._cookies else ()
        cookie = "; ".join(f"{one.key}={one.value}" for one in cookies)
        found[heading] = Asker(cookie, visitor.token)
    return found


def came_of(status: int, location: str) -> str:
    """What an answer is in the table."""
    if (status, location) == (303, "/sign-in") or status == 401:
        return "in"
    return ANSWERS.get(status, str(status))


def ways(rule: Rule) -> list[str]:
    """By which methods an address is asked."""
    return sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})


def path_of(rule: Rule, given: dict[str, object]) -> str:
    """An address of this rule, on what is Amina's."""
    values = {name: given[name] for name in rule.arguments}
    if rule.endpoint == "exchange.take":
        values["kind"] = "moodle-xml"
    if rule.endpoint in ("attempt.outcome", "attempt.change", "team.withdraw", "team.withdrawing"):
        values["attempt_id"] = given["done_id"]
    _, path = rule.build(values, append_unknown=False) or ("", "")
    return path


def expected() -> dict[tuple[str, str], tuple[str, ...]]:
    """The table as people read it."""
    head = f"| address | by | {' | '.join(NAMES)} |"
    text = PAGE.read_text()
    assert head in text, "the table's heading names others"
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| `/", line)
    ]
    table = {(address, by): tuple(cells) for address, by, *cells in rows}
    assert len(table) == len(rows), "an address stands there twice"
    return table


def is_seen(service):
    """A sign that changes with every change that anybody makes to the database."""
    with closing(sqlite3.connect(service.database.writer.url.database)) as now:
        return now.execute("SELECT count(*), max(at) FROM audit").fetchone()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_everybody_may_open_and_do_what_the_table_says(
    app, service, of_amina, askers, people, tmp_path
):
    file = Path(service.database.writer.url.database)
    kept = Kept.of(file, tmp_path / "uploads-as-they-were")
    client = app.test_client(use_cookies=False)
    found, changed, leaked = {}, [], []
    filled = {
        **FILLED,
        "people": str(people.amina),
        "edition_id": str(of_amina["edition_id"]),
        "passes": str(of_amina["done_id"]),
    }

    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        path = path_of(rule, of_amina)
        query = COUNCIL_IN_PREVIEW if rule.endpoint == "changes.people" else {}
        for method in ways(rule):
            cells = []
            for heading, asker in askers.items():
                before = kept.version
                sent = client.open(
                    path,
                    method=method,
                    query_string={"module": "referrals", **query} if method == "GET" else None,
                    data=filled | {"csrf_token": asker.token} if method == "POST" else None,
                    headers={"Cookie": asker.cookie},
                )
                cell = came_of(sent.status_code, sent.headers.get("Location", ""))
                cells.append(cell)
                if cell in CLOSED:
                    if kept.version != before:
                        changed.append((method, rule.rule, heading, sent.status_code))
                    if cell != "asks" and heading != "herself" and b"Amina" in sent.data:
                        leaked.append((method, rule.rule, heading))
                sent.close()
                if method == "POST":
                    kept.bring_back()
            found[rule.rule, method] = tuple(cells)
    kept.watch.close()

    assert changed == [], "whoever is refused has changed something"
    assert leaked == [], "whoever is refused is told of Amina"
    table = expected()
    wrong = [
        f"| `{address}` | {by} | {' | '.join(cells)} |"
        for (address, by), cells in found.items()
        if table.get((address, by)) != cells
    ]
    gone = [key for key in table if key not in found]
    assert (wrong, gone) == ([], []), "docs/rights.md has it otherwise:\n" + "\n".join(wrong)


def test_the_table_says_nothing_odd():
    table = expected()

    cells = Counter(cell for row in table.values() for cell in row)
    assert set(cells) <= {"yes", "no", "in", "–", "asks"}
    for (address, by), row in table.items():
        answers = dict(zip(NAMES, row, strict=True))
        # What is closed to who is signed in is never open to who is not.
        if answers["anyone"] == "yes":
            assert set(row) == {"yes"} or "–" in row, (address, by)
        # Whoever leads or audits the Police alone gets nothing of a person of the Council.
        if "of_person" in address or "about" in address:
            assert answers["lead of the Police"] in ("no", "–"), (address, by)
            assert answers["auditor of the Police"] in ("no", "–"), (address, by)
