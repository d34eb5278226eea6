"""A change of guidance from entering it to the pack, on the demonstration and on people imported.

The lead enters it and has its questions decided, previews and asks; a practitioner confirms it on a
phone; the manager sees who has; the board's figure moves; the pack shows it.
"""

import csv
import io
import re
import time
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import expect

from questions.bank import SHIPPED, read_banks
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.access import Role
from quizbot.demo.fill import fill
from quizbot.demo.roles import ROLES
from quizbot.errors import NotOffered
from quizbot.rules.pick import Mode
from quizbot.service import Service, open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from tests.browser import serving
from tests.changed import answer_all
from tests.conftest import Clock, settings_for

MODULE, SOURCE = "information-sharing", "sharing-guidance"
LIKE = "k03-standing"  # questions of its own tell who knows from who knew an old rule
MATTERS = "Share first, and write the reasons down the same day."
DUE = ("29", "1", "2027")
ON_A_DESK = {"viewport": {"width": 1280, "height": 900}}
THREE_MINUTES = 180
OTHERS = 19
COUNCIL = "Riverton/Council/Assessment"


@dataclass(frozen=True)
class Site:
    """A partnership with its pages, and who plays: by address."""

    service: Service
    app: Flask
    address: str
    unit: str
    lead: str
    manager: str
    practitioner: str
    writer: str
    reader: str
    others: tuple[UUID, ...]

    def who(self, email):
        return self.service.people.whose(email)


@pytest.fixture(params=["demonstration", "imported"])
def site(request, tmp_path):
    url, clock = f"sqlite:///{tmp_path}/partnership.db", Clock()
    database = open_database(url)
    upgrade(database)
    database.dispose()
    with serving.listening() as server:
        address = serving.address_of(server)
        service = open_service(settings_for(url, tmp_path, public_url=address), clock)
        made = demonstrated if request.param == "demonstration" else imported
        names = made(service, clock, tmp_path)
        service.counting.month(clock.at.date())
        app = serving.open_to_browsers(server, service)
        yield Site(service, app, address, **names)
        service.close()


def demonstrated(service, _clock, _folder):
    """The fictional partnership; its lead's help is somebody of each of two teams."""
    fill(service)
    practitioner = service.people.whose(ROLES["practitioner"])
    manager = service.people.whose(ROLES["manager"])
    team = [line.person_id for line in service.reports.team(manager).lines]
    assert practitioner in team
    others = [who for who in passed_by(service) if who != practitioner]
    return {
        "unit": "Northmoor",
        **ROLES,
        "writer": ROLES["practitioner"],
        "reader": ROLES["manager"],
        "others": tuple(others[:OTHERS]),
    }


def imported(service, clock, folder):
    """Another partnership, as a new user makes it: banks published, people from a file."""
    place, _ = read_place(SHIPPED_PLACE, clock.at.date())
    banks = read_banks(SHIPPED, place, clock.at.date())
    service.editions.publish([bank for bank in banks if bank.id == MODULE], place)
    file = folder / "people.csv"
    lines = [f"R{n},Person {n},p{n}@riverton.example,{COUNCIL},Social worker,2024-01-08,R90"
             for n in range(OTHERS + 1)]  # fmt: skip
    file.write_text(
        "staff_ref,name,email,unit,job,started_on,manager\n"
        + "\n".join(lines)
        + f"\nR90,Mair Rees,mair@riverton.example,{COUNCIL},Team manager,2020-01-06,\n"
        "R91,Lowri Hughes,lowri@riverton.example,Riverton,Safeguarding lead,2020-01-06,\n"
    )
    service.people.import_file(file, make_units=True)
    service.people.grant("lowri@riverton.example", Role.LEAD, "Riverton")
    people = [service.people.whose(f"p{n}@riverton.example") for n in range(OTHERS + 1)]
    today, clock.at = clock.at, datetime(2026, 10, 20, 9, tzinfo=UTC)
    # Whom chance gives both questions of the change has shown the new rule, and is not asked.
    attempts = replace(service.attempts, seed=lambda: next(clock.seeds))
    for who in people:
        answer_all(service, who, attempts.start(who, MODULE, Mode.ASSURED))
    clock.at = today
    return {
        "unit": "Riverton",
        "lead": "lowri@riverton.example",
        "manager": "mair@riverton.example",
        "practitioner": "p0@riverton.example",
        "writer": "p1@riverton.example",
        "reader": "mair@riverton.example",
        "others": tuple(people[1:]),
    }


def passed_by(service):
    """Everybody who has passed the questionnaire."""
    with service.database.reading() as connection:
        people = service.standings.everybody(connection)
    found = []
    for who in people:
        lines = service.attempts.of(who)
        if any(line.module == MODULE and line.passed and not line.is_update for line in lines):
            found.append(who)
    return found


@pytest.fixture
def come(site, browser):
    """Somebody's page, signed in; on a desk, or as is said."""
    contexts = []

    def come(email, **more):
        context = serving.signed_in(
            browser, site.address, site.app, site.service, email, **(more or ON_A_DESK)
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10000)
        return page

    yield come
    for context in contexts:
        context.close()


def words_of(page):
    return " ".join(page.locator("main").inner_text().split())


def press(page, name):
    """Press a button, or what looks like one, and wait for what comes."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def rest_on_it(site):
    """Two questions that can tell who knows the new rule from who knew the old one."""
    own = site.service.changes.weighed(LIKE)[0].own
    found = [
        question
        for id_ in own
        for question in [site.service.editions.current(MODULE).questions[id_]]
        if not question.twin and any(cited.id == SOURCE for cited in question.sources)
    ]
    assert len(found) >= 2
    return found[:2]


def enter(page, site, questions):
    """The form, its preview, and into the register; the change's id."""
    page.goto(f"{site.address}/admin/changes")
    page.get_by_role("link", name="Enter a change that is not here").click()
    page.goto(f"{site.address}/admin/changes/new?source={SOURCE}")
    page.get_by_label("What was right before?").fill("Share first, and write it down some day.")
    page.get_by_label("What is right now?").fill("Share first; write the reasons down that day.")
    page.get_by_label("What are people to do differently?").fill(MATTERS)
    for part, value in (("Day", "2"), ("Month", "11"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Which text has it?").fill("Version 2")
    page.get_by_label("Which text have you read").fill("Version 2, page 3.")
    page.get_by_label("What was right is wrong now").check()
    for question in questions:
        box = page.locator(f'input[name="questions"][value="{question.id}"]').first
        box.evaluate("one => one.closest('details').open = true")
        box.check()
    press(page, "See what it would do")
    assert "2 questions rest on it." in words_of(page)
    press(page, "Enter it")
    expect(page.locator("h1")).to_have_text(MATTERS)
    assert "2 undecided" in words_of(page)
    return page.url.rpartition("/")[2]


def decide(come, site, change, questions):
    """One writes what was decided of each question, another reads it, the lead publishes."""
    for email in (site.writer, site.reader):
        site.service.authors.give(site.who(site.lead), email, MODULE, None)
    writer, reader, lead = come(site.writer), come(site.reader), come(site.lead)
    for question in questions:
        writer.goto(f"{site.address}/admin/questions/{question.id}")
        press(writer, "Edit")
        draft = "/".join(writer.url.split("/")[:6])
        writer.goto(f"{draft}/counts")
        writer.get_by_label(f"What of this question? ({change})").select_option("revised")
        writer.get_by_label(f"Why? ({change})").fill("It asks for the new rule.")
        press(writer, "Save and see the draft")
        reader.goto(draft)
        press(reader, "I have read it and agree")
    lead.goto(f"{site.address}/admin/drafts/publish/{MODULE}")
    press(lead, re.compile("Publish edition"))


def ask(page, site, change):
    """Whom to ask and by when, the preview, and asking; how many are asked."""
    page.goto(f"{site.address}/admin/changes/{change}")
    page.get_by_label("Ask people to confirm it").check()
    page.get_by_label("Where?").select_option(site.unit)
    for part, value in zip(("Day", "Month", "Year"), DUE, strict=True):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Everybody who passed, and has not shown the new rule yet").check()
    press(page, "See whom it would reach")
    told = re.search(r"It would ask (\d+) people by 29 January 2027\.", words_of(page))
    assert told, words_of(page)
    press(page, f"Ask {told[1]} people")
    expect(page.locator("main")).to_contain_text("They are asked to confirm it")
    return int(told[1])


def confirm(page, site, who):
    """From the record to the outcome with a thumb, by somebody who knows; how long it took."""
    began = time.monotonic()
    page.goto(f"{site.address}/me")
    press(page, "Confirm now")
    while "/questions/" in page.url or "/changes/" in page.url:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        if "/changes/" in page.url:
            with page.expect_navigation():
                page.get_by_role("link", name=re.compile("questions? on this")).click()
            continue
        attempt_id, number = re.search(r"/attempts/([^/]+)/questions/(\d+)", page.url).groups()
        turn = site.service.attempts.turn(who, UUID(attempt_id), int(number))
        for letter in turn.question.shown(turn.question.key, turn.order):
            page.locator(f'input[name="reply"][value="{letter}"]').check()
        press(page, "Save and continue")
    press(page, "Submit answers")
    expect(page.locator("h1")).to_contain_text("Confirmed: ")
    return time.monotonic() - began


def figure(page, site):
    """What the board says of the change."""
    page.goto(f"{site.address}/board")
    page.get_by_text(re.compile("Changes of guidance: ")).first.click()
    return " ".join(page.locator("tr", has_text=MATTERS).first.inner_text().split())


def test_from_entering_a_change_to_the_pack_that_shows_it(site, come):
    service, questions = site.service, rest_on_it(site)
    lead, manager = come(site.lead), come(site.manager)

    change = enter(lead, site, questions)
    decide(come, site, change, questions)
    asked = ask(lead, site, change)
    manager.goto(f"{site.address}/team")
    assert MATTERS in manager.content()
    before = standing_of(manager)

    took = confirm(
        come(site.practitioner, viewport={"width": 360, "height": 740}, has_touch=True),
        site,
        site.who(site.practitioner),
    )
    assert took < THREE_MINUTES
    manager.reload()
    assert standing_of(manager) != before

    today = date(2026, 11, 21)
    service.counting.month(today)
    first = figure(lead, site)
    assert f"of {asked}" in first, first
    assert "1 of" not in first, "of one person alone nothing is told"
    for who in site.others:
        try:
            answer_all(service, who, service.updates.start(who, MODULE))
        except NotOffered:  # had the new rule right before it was asked for
            continue
    service.counting.month(today)
    second = figure(lead, site)
    assert second != first
    confirmed = re.search(rf"(?:About )?\d+ of {asked}\b", second)
    assert confirmed, second

    lead.get_by_role("link", name="Inspection pack").click()
    press(lead, "Make the pack")
    list(service.packs.work())
    lead.goto(f"{site.address}/board/pack")
    with lead.expect_download() as waiting:
        lead.get_by_role("link", name="Download").first.click()
    with zipfile.ZipFile(waiting.value.path()) as pack:
        (name,) = [one for one in pack.namelist() if one.endswith("confirmed.csv")]
        rows = list(csv.reader(io.StringIO(pack.read(name).decode("utf-8-sig"))))
    (printed,) = [row[-1] for row in rows if row[1:3] == [MATTERS, "All agencies"]]
    assert printed.split("\n")[0].casefold() == confirmed[0].casefold()


def standing_of(page):
    """Of the change on the manager's page: how many have confirmed it, of how many."""
    told = re.search(r"(\d+) of (\d+) (?:has|have) confirmed it", " ".join(
        page.locator("details", has_text=MATTERS).last.text_content().split()))  # fmt: skip
    assert told
    return told.groups()
