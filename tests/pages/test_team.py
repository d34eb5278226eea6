"""Who needs a manager first, the team as the address asks for it, and what is taken away of it."""

import csv
import io
import re
from collections import Counter
from datetime import date, timedelta

import icalendar
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import insert, select

from quizbot.access import Role
from quizbot.cli import printed
from quizbot.rules.due import DispensationKind
from quizbot.rules.pick import Mode
from quizbot.standing.requirements import Draft
from quizbot.store.tables import attempt, audit, new_id, person
from quizbot.words import long_date
from tests.stored import rows
from web.exports import calendar

HEAD = "staff_ref,name,email,unit,job,started_on,manager\n"
MANY = 59


@pytest.fixture
def many(service, people, tmp_path, clock):
    """Carys's people: Amina and 59 more, with every sort of standing among them."""
    file = tmp_path / "more.csv"
    lines = [
        f"T{n},Person {n:02},,Northmoor/Council/Assessment,Social worker,2026-01-05,N3\n"
        for n in range(MANY)
    ]
    file.write_text(HEAD + "".join(lines))
    service.people.import_file(file)
    with service.database.reading() as connection:
        by_name = dict(connection.execute(select(person.c.name, person.c.id)).all())
    ids = [by_name[f"Person {n:02}"] for n in range(MANY)]
    today = service.today()
    service.requests.ask(people.carys, ids[:4], ["referrals"], today)
    clock.forward(days=1)
    service.requests.ask(people.carys, ids[4:8], ["referrals"], today + timedelta(days=5))
    service.requests.ask(people.carys, ids[8:11], ["referrals"], today + timedelta(days=90))
    for n, passed in ((20, True), (21, True), (22, False), (23, False), (23, False)):
        clock.forward(hours=1)
        took(service, ids[n], passed=passed)
    return ids


def took(service, person_id, *, passed):
    """Write down a submitted attempt."""
    with service.database.writing() as connection:
        connection.execute(
            insert(attempt).values(
                id=new_id(),
                person_id=person_id,
                module="referrals",
                edition_id=service.editions.current("referrals").id,
                mode=Mode.ASSURED.value,
                plan="[]",
                started_at=service.now(),
                submitted_at=service.now(),
                passed=passed,
                share=1.0 if passed else 0.5,
            )
        )


def names(page):
    """Whom the table shows."""
    return [row.all("th")[0].words for row in page.main.all("table")[0].all("tr")[1:]]


def names_or_none(page):
    """Whom the table shows, if there is one."""
    return names(page) if page.main.all("table") else []


def tally(page):
    """How often each standing is seen, as the page counts them."""
    found = next(one for one in page.main.all("p") if "app-tally" in one["class"]).words
    return {words: int(count) for words, count in re.findall(r"([A-Z][a-z ]+?) (\d+)", found)}


def ticked(page):
    """What every box that is ticked sends."""
    return [one["value"] for one in page.tree.all("input") if "checked" in one]


@pytest.fixture
def rule(service, people, many, clock):
    """Everybody is asked by a rule; five are late, and one of them is asked by Carys besides."""
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=service.today(),
        within_months=1,
        every_months=12,
        reason="Induction.",
    )
    service.rules.save(draft, draft.fingerprint)
    for line in service.requests.by(people.carys):
        service.requests.withdraw(people.carys, line.request_id)
    for n in range(MANY):
        if n not in (0, 1, 2, 22, 23):
            took(service, many[n], passed=True)
    took(service, people.amina, passed=True)
    clock.forward(days=40)
    service.standings.renew_cache(everything=True)
    service.requests.ask(
        people.carys, [many[2]], ["referrals"], service.today() + timedelta(days=9)
    )


def first_steps(page):
    """Whom the page names first, each with what is to be done."""
    tasks = page.main.all("ul")[0].all("li")
    return [
        (task.all("a")[0].words, (task.all("summary") or task.all("a")[1:])[0].words.split()[0])
        for task in tasks
    ]


def test_whoever_needs_a_manager_comes_first_each_with_one_next_step(carys_page, many):
    page = carys_page.get("/team")

    assert "Needs you first: 7 of 60" in page.words
    assert first_steps(page) == [
        *((f"Person {n:02}", "Talk") for n in range(4)),  # asked, and the day has passed
        ("Person 23", "Talk"),  # not passed twice
    ]
    assert "Late since 21 Nov 2026: Referrals Asked 21 Nov by you, for 21 Nov" in page.words
    assert "Not passed twice running: Referrals" in page.words
    assert "after two within a day the next that counts waits until tomorrow" in page.words
    assert page.links["Talk with Person 23 about Referrals"].startswith("/team/guide/referrals?")
    assert page.links["Confirm what Person 20 understands"] == f"/team/attest?person={many[20]}"
    assert "Confirm 2 people" in page.words


def test_whoever_was_asked_and_has_days_left_is_left_in_peace(carys_page, many):
    page = carys_page.get("/team")

    assert "Asked already, with days left: 4" in page.words
    assert "Due 26 Nov 2026, not begun: Referrals Asked 22 Nov by you, for 26 Nov" in page.words


def test_somebody_late_is_asked_on_the_page_itself(carys_page, many, rule, service, people):
    page = carys_page.get("/team")
    assert first_steps(page) == [
        ("Person 00", "Ask"),
        ("Person 01", "Ask"),
        ("Person 22", "Ask"),
        ("Person 23", "Talk"),
        ("Amina Rahman", "Confirm"),
    ]

    page = carys_page.press("Ask Person 00")

    assert page.path == "/team"
    assert "Asked: 1." in page.words
    assert ("Person 00", "Ask") not in first_steps(page)
    assert "Asked already, with days left: 2" in page.words
    line = service.requests.by(people.carys)[0]
    assert (line.name, line.module, line.due_on) == (
        "Person 00",
        "referrals",
        service.usual_due_on(),
    )


def test_asking_from_the_list_has_everything_chosen_already(carys_page, many, rule):
    carys_page.get("/team")
    page = carys_page.follow("Another day, or a reason for asking Person 00")

    assert ticked(page) == [str(many[0]), "referrals"]


def test_whoever_has_begun_after_being_asked_is_given_more_time_in_place(
    carys_page, many, rule, service, people, clock
):
    clock.forward(days=10)
    took(service, many[2], passed=False)
    carys_page.get("/team")

    page = carys_page.press("Give Person 02 more time", why="Long illness.")

    assert page.path == "/team"
    assert page.notes == ["Granted, and kept with the record."]
    assert ("Person 02", "More") not in first_steps(page)
    told = carys_page.get(f"/team/people/{many[2]}").words
    assert f"due {long_date(service.usual_due_on())}" in told
    assert "Long illness." in told


def test_more_time_without_a_reason_is_asked_for_one_on_the_persons_page(
    carys_page, many, rule, service, clock
):
    clock.forward(days=10)
    took(service, many[2], passed=False)
    carys_page.get("/team")

    page = carys_page.press("Give Person 02 more time", why=" ")

    assert page.status == 400
    assert page.errors == ["Say why, in a few words: it is kept with the record"]
    (opened,) = [one for one in page.main.all("details") if "open" in one]
    assert opened.all("h2")[0].words == "More time until …"


def test_another_day_is_given_on_the_persons_page(carys_page, many, rule, service, clock):
    clock.forward(days=10)
    took(service, many[2], passed=False)
    carys_page.get("/team")

    page = carys_page.follow("Another day for Person 02")

    (opened,) = [one for one in page.main.all("details") if "open" in one]
    assert opened.all("h2")[0].words == "More time until …"
    chosen = [one["value"] for one in page.main.all("option") if "selected" in one]
    page = carys_page.press("Give more time", module=chosen, why="Long illness.")
    assert f"due {long_date(service.usual_due_on())}" in page.words
    assert ("Person 02", "More") not in first_steps(carys_page.get("/team"))


def test_asking_somebody_ticks_what_they_are_late_with_whatever_led_there(carys_page, many):
    page = carys_page.get(f"/team/requests/new?person={many[0]}")

    assert ticked(page) == [str(many[0]), "referrals"]


def test_of_several_only_what_all_owe_is_ticked_and_the_rest_is_told(carys_page, many):
    form = "/team/requests/new?person="
    both_owe = carys_page.get(f"{form}{many[0]}&person={many[1]}")
    one_owes = carys_page.get(f"{form}{many[0]}&person={many[20]}")

    assert ticked(both_owe) == [str(many[0]), str(many[1]), "referrals"]
    assert "Only some owe these" not in both_owe.words
    assert ticked(one_owes) == [str(many[0]), str(many[20])]
    assert "Only some owe these: Referrals: Person 00" in one_owes.words


def test_whoever_is_paused_is_not_called(carys_page, many, service, people):
    page = carys_page.get("/team")
    assert "Needs you first: 7 of 60" in page.words

    today = service.today()
    for of_person in (many[0], many[20], many[23]):
        pause = (people.efua, of_person, DispensationKind.PAUSE, None, today, None, "Long leave")
        service.dispensations.grant(*pause)

    page = carys_page.get("/team")
    assert [name for name, _ in first_steps(page)] == [
        *(f"Person {n:02}" for n in (1, 2, 3)),
        "Person 21",
    ]
    assert "Confirm 2 people" in page.words  # what they showed before they went away stands
    offered = carys_page.get("/team/attest?module=referrals&waiting=yes")
    assert ticked(offered) == [str(many[20]), str(many[21])]


def test_what_is_confirmed_waits_no_longer(carys_page, many):
    page = carys_page.get("/team/attest?module=referrals&waiting=yes")
    whom = ticked(page)
    assert whom == [str(many[20]), str(many[21])]

    carys_page.press(
        "Confirm",
        people=whom,
        objectives="consent",
        evidence="discussion",
        statement="2026-1",
    )

    assert "Confirmed: 2." in carys_page.page.words
    assert "Needs you first: 5 of 60" in carys_page.page.words
    assert "confirmed 22 Nov 2026" in carys_page.get("/team?name=Person+20").words


def test_a_page_has_25_people_and_the_address_says_which(carys_page, many):
    first, second, third = (names(carys_page.get(f"/team?page={n}")) for n in (1, 2, 3))

    assert [len(page) for page in (first, second, third)] == [25, 25, 10]
    assert sorted({*first, *second, *third}) == [
        "Amina Rahman",
        *(f"Person {n:02}" for n in range(MANY)),
    ]
    assert carys_page.page.links["Previous page"] == "/team?page=2#all"


@pytest.mark.parametrize("number", ["0", "-1", "4", "999999999999", "x", "1.5", "²", ""])
def test_a_page_that_is_none_is_the_nearest(carys_page, many, number):
    assert len(names(carys_page.get(f"/team?page={number}"))) in (10, 25)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=late", 4),
        ("state=overdue", 4),
        ("state=due-soon", 4),
        ("state=assigned", 3),
        ("state=untouched", 8),
        ("state=failed-twice", 1),
        ("state=not-passed", 2),
        ("state=passed", 2),
        ("state=lapsed", 0),
        ("name=person+0", 10),
        ("name=PERSON+1&state=not-passed", 0),
        ("state=late&module=referrals&name=01", 1),
    ],
)
def test_the_address_narrows_what_is_seen(carys_page, many, query, found):
    page = carys_page.get(f"/team?{query}")

    assert f"{found} of 60 people" in page.words
    assert len(names_or_none(page)) == found
    assert ("Nobody fits what you chose." in page.words) == (not found)


@pytest.mark.parametrize(
    "query", ["state=no-such", "module=no-such", "sort=worst", "state=%00", "name=%20%20", "x=1"]
)
def test_a_choice_that_is_none_narrows_nothing(carys_page, many, query):
    assert "60 of 60 people" in carys_page.get(f"/team?{query}").words


def test_a_hostile_name_is_shown_as_it_was_typed_and_nothing_else(carys_page, many):
    page = carys_page.get("/team?name=%3Cscript%3E%25_" + "x" * 5000)

    assert "Nobody fits what you chose." in page.words
    assert "<script>" not in page.body
    assert len(page.body) < 60_000


def test_by_due_day_what_is_most_urgent_comes_first(carys_page, many):
    first = names(carys_page.get("/team?sort=due"))

    assert first[:12] == [*(f"Person {n:02}" for n in range(11)), "Amina Rahman"]


def test_the_next_page_keeps_what_was_chosen(carys_page, many):
    page = carys_page.get("/team?name=Person&sort=due")

    assert page.links["Next page"] == "/team?name=Person&sort=due&page=2#all"
    assert page.links["CSV"] == "/team/export.csv?name=Person&sort=due"


QUERIES = ["", "?state=late", "?module=referrals&sort=due", "?name=Person+2", "?state=lapsed"]


def csv_rows(visitor, query=""):
    text = visitor.get(f"/team/export.csv{query}").body.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_taken_away_adds_up_to_what_is_seen(carys_page, many, query):
    page = carys_page.get(f"/team{query}")
    seen = tally(page) if names_or_none(page) else {}

    rows = csv_rows(carys_page, query)

    assert dict(Counter(row["Standing"] for row in rows)) == seen
    assert len({row["Name"] for row in rows}) == int(
        re.findall(r"(\d+) of 60 people", page.words)[0]
    )


@pytest.mark.parametrize("query", QUERIES)
def test_the_workbook_holds_the_same_lines_with_days_as_days(carys_page, many, query):
    sent = carys_page.client.get(f"/team/export.xlsx{query}")

    titles, *rows = load_workbook(io.BytesIO(sent.data)).active.iter_rows(values_only=True)

    plain = csv_rows(carys_page, query)
    assert [row[:3] for row in rows] == [
        (row["Name"], row["Module"], row["Standing"]) for row in plain
    ]
    dues = [row[titles.index("Due")] for row in rows]
    assert [day.date().isoformat() if day else "" for day in dues] == [row["Due"] for row in plain]


@pytest.mark.parametrize("query", QUERIES)
def test_the_calendar_has_every_due_day_and_no_name(carys_page, many, query):
    sent = carys_page.get(f"/team/export.ics{query}")

    events = icalendar.Calendar.from_ical(sent.body).walk("VEVENT")

    due = Counter(row["Due"] for row in csv_rows(carys_page, query) if row["Due"])
    counted: Counter[str] = Counter()
    for event in events:
        assert type(event["dtstart"].dt) is date
        (people,) = re.findall(r"due for (\d+) p", str(event["summary"]))
        counted[event["dtstart"].dt.isoformat()] += int(people)
    assert counted == due
    assert "Person" not in sent.body
    assert "Amina" not in sent.body


def words_of(paper):
    """What a PDF says, with single spaces."""
    pages = PdfReader(io.BytesIO(paper)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_whoever_is_valid_is_told_with_the_last_valid_day(carys_page, service, people):
    rule = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=service.today(),
        within_months=1,
        every_months=12,
        reason="Induction.",
    )
    service.rules.save(rule, rule.fingerprint)
    assert "until" not in carys_page.get("/team").main.all("table")[0].words
    took(service, people.amina, passed=True)
    service.standings.renew_cache(everything=True)

    page = carys_page.get("/team")
    (line,) = csv_rows(carys_page)
    titles, row = load_workbook(
        io.BytesIO(carys_page.client.get("/team/export.xlsx").data)
    ).active.iter_rows(values_only=True)
    paper = words_of(printed.team(service, "carys@northmoor.example"))

    valid = "Valid until 21 Nov 2027 passed 21 Nov 2026"
    assert valid in page.main.all("table")[0].words
    assert (line["Standing"], line["Valid until"]) == ("Valid", "2027-11-21")
    assert row[titles.index("Valid until")].date() == date(2027, 11, 21)
    assert "Amina Rahman Referrals Valid 21 November 2027" in paper


def events(visitor, query=""):
    """The marks by which a calendar knows the events of a file again."""
    sent = visitor.get(f"/team/export.ics{query}")
    return {str(one["uid"]) for one in icalendar.Calendar.from_ical(sent.body).walk("VEVENT")}


def test_the_same_events_come_again_and_overwrite_no_other_teams(
    carys_page, many, fresh_browser, service
):
    service.people.grant("efua@northmoor.example", Role.MANAGER, "Northmoor/Council")
    efua_page = fresh_browser().sign_in("efua@northmoor.example")
    mine = events(carys_page)

    service.requests.ask(
        service.people.whose("carys@northmoor.example"),
        many[30:31],
        ["referrals"],
        service.today() + timedelta(days=30),
    )

    assert len(mine) == 3
    assert len(events(carys_page)) == 4
    assert mine < events(carys_page, "?sort=due") == events(carys_page)
    assert mine.isdisjoint(events(carys_page, "?name=Person+0"))
    assert events(carys_page, "?name=person+0") == events(carys_page, "?name=Person+0")
    assert len(events(efua_page)) == 4
    assert events(efua_page).isdisjoint(events(carys_page))


def test_no_two_installations_give_an_event_the_same_mark(service, people, many):
    lines = service.reports.team(people.carys).lines
    marks = [
        {
            line
            for line in b"".join(calendar(lines, service.today(), url, ("Carys",))).splitlines()
            if line.startswith(b"UID")
        }
        for url in ("https://quiz.northmoor.example", "https://quiz.southmoor.example")
    ]

    assert len(marks[0]) == 3
    assert marks[0].isdisjoint(marks[1])


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "http://x.example/", "{=1}"])
def test_no_name_becomes_a_formula_or_a_link_in_a_workbook(carys_page, service, tmp_path, name):
    file = tmp_path / "one.csv"
    file.write_text(f"{HEAD}N9,{name},,Northmoor/Council/Assessment,Clerk,2026-03-01,N3\n")
    service.people.import_file(file)

    sheet = load_workbook(io.BytesIO(carys_page.client.get("/team/export.xlsx").data)).active

    found = [cell for (cell, *_) in sheet.iter_rows(min_row=2) if cell.value == name]
    assert [(cell.data_type, cell.hyperlink) for cell in found] == [("s", None)]


def test_each_export_is_on_record_without_names(carys_page, service, people):
    for kind in ("csv", "xlsx", "ics"):
        carys_page.client.get(f"/team/export.{kind}?name=Amina")

    kept = rows(service, audit, audit.c.action == "team.export")
    assert [row.details for row in kept] == [
        f'{{"kind":"{kind}","modules":1,"people":1}}' for kind in ("csv", "xlsx", "ics")
    ]
    assert {row.actor for row in kept} == {str(people.carys)}


def test_none_of_it_is_for_who_manages_nobody(amina_page, service):
    paths = ["", "/export.csv", "/export.xlsx", "/export.ics", "/guide/referrals", "/attest"]
    for path in [*paths, "/attest?module=referrals"]:
        assert amina_page.get(f"/team{path}").status == 403

    assert not rows(service, audit, audit.c.action == "team.export")


def test_an_export_reads_people_while_it_is_taken(service, people, many, monkeypatch):
    monkeypatch.setattr("quizbot.figures.team.AT_ONCE", 7)
    names = [line.name for line in service.reports.team(people.carys).lines]

    lines = service.reports.export(people.carys, {}, "csv")
    first = next(lines)
    took(service, many[-1], passed=True)
    rest = list(lines)

    assert [first.name, *(line.name for line in rest)] == names
    assert rest[-1].name == "Person 58"
    assert rest[-1].cells[0].words == "Passed"


def test_a_manager_takes_back_an_extension_and_a_lead_what_was_recognised(
    carys_page, fresh_browser, service, people
):
    today, kinds = service.today(), DispensationKind
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 12, 14), "")
    service.dispensations.grant(
        people.carys, people.amina, kinds.EXTENSION, "referrals", today, date(2027, 6, 1), "Ill."
    )
    service.dispensations.grant(
        people.efua, people.amina, kinds.LEARNING, None, today, None, "Seen."
    )
    where = f"/team/people/{people.amina}"

    buttons = [one for one in carys_page.get(where).buttons if one.startswith("Take it back")]
    assert buttons == ["Take it back : extension, Referrals"]
    assert "does not count any more" in carys_page.press(buttons[0]).words
    lead = fresh_browser().sign_in("efua@northmoor.example")
    (left,) = [one for one in lead.get(where).buttons if one.startswith("Take it back")]
    assert "Taken back on" in lead.press(left).words


def test_questionnaires_that_nobody_is_asked_for_are_folded_away(carys_page, many, rule, service):
    everything = carys_page.get("/team?columns=all")
    titles = [one.words for one in everything.main.all("thead")[0].all("th")]

    page = carys_page.get("/team")

    assert [one.words for one in page.main.all("thead")[0].all("th")] == ["Name", "Referrals"]
    for title in titles[2:]:
        assert title in page.words.partition("Required of nobody here: ")[2]
