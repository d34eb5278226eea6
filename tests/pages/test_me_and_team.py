"""A person's own record, and what a manager sees of their people."""

import csv
import io
from datetime import date, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from sqlalchemy import insert

from questions.bank import SHIPPED, read_bank
from quizbot.access import Role
from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt, new_id


def table(page):
    """The rows of a page's table, cell by cell, its titles first."""
    return [
        [cell.words for cell in row.all("th", "td")] for row in page.main.all("table")[0].all("tr")
    ]


def cell(page, name, title):
    """What a person's line says of one questionnaire."""
    titles, *lines = table(page)
    (line,) = [line for line in lines if line[0] == name]
    return line[titles.index(title)]


def test_a_new_record_is_empty_and_says_where_to_begin(amina_page):
    page = amina_page.get("/me")

    assert "Nothing at the moment." in page.words
    assert page.links["questionnaire"] == "/"


def test_what_is_open_is_gone_on_with_from_the_record(amina_page, keys):
    amina_page.get("/modules/referrals")
    amina_page.press("Start")
    amina_page.press("Save and continue", reply=keys.right(amina_page.page))

    page = amina_page.get("/me")

    assert "1 of 14 answered, begun 21 November 2026" in page.words
    amina_page.get(page.links["Continue Referrals"], follow=True)
    assert "Question 2 of 14" in amina_page.page.words


def test_what_was_taken_is_listed_with_outcome_share_and_day(amina_page, take, clock):
    take(amina_page, "Start", wrong_at=(1, 2, 3, 4))
    clock.forward(days=1)
    take(amina_page, "Start practice")
    clock.forward(days=1)
    take(amina_page, "Start")

    lines = [line.words for line in amina_page.get("/me").main.all("li")]

    issued = "Referrals, issued 23 November 2026"
    assert lines == [
        "Referrals Passed",
        "Referrals, 23 November 2026 Passed 100%",
        "Referrals (practice), 22 November 2026 Practice",
        "Referrals, 21 November 2026 Not passed 71%",
        f"{issued} Print it (PDF) : {issued} Take it elsewhere (a signed file) : {issued} Valid",
    ]


def test_the_outcome_is_reached_from_the_record(amina_page, take):
    outcome = take(amina_page, "Start")

    links = amina_page.get("/me").links

    assert links["Referrals, 21 November 2026"] == outcome.path


def test_nothing_that_is_not_required_needs_attention(carys_page):
    page = carys_page.get("/team")

    assert "Needs you first Nobody, today." in page.words
    assert cell(page, "Amina Rahman", "Referrals") == "Not required"


def test_what_is_not_required_is_called_so_wherever_a_manager_looks(carys_page, people):
    page = carys_page.get("/team?state=not-required")
    chosen = {one["value"]: one.words for one in page.main.all("option")}
    told = [
        page.words,
        chosen["not-required"],
        carys_page.get(f"/team/people/{people.amina}").words,
        carys_page.get("/team/export.csv").body,
    ]

    assert all("Not required" in words for words in told)
    assert not any("Not asked" in words for words in told)


def test_a_manager_sees_outcome_and_date(carys_page, amina_page, take, service):
    take(amina_page, "Start")

    page = carys_page.get("/team")

    titles = [offer.module.title for offer in service.editions.offers()]
    assert table(page)[0] == ["Name", *titles]
    assert cell(page, "Amina Rahman", "Referrals") == "Passed passed 21 Nov 2026"


def test_a_team_of_one_is_a_person(carys_page):
    words = carys_page.get("/team").words

    assert "1 of 1 person." in words
    assert "1 person × 1 questionnaire" in words


def test_a_manager_sees_a_fail_with_its_share(carys_page, amina_page, take):
    take(amina_page, "Start", wrong_at=range(1, 8))

    assert "Not passed taken 21 Nov 2026, 50%" in carys_page.get("/team").words


def test_a_manager_sees_that_something_was_begun_but_no_practice(carys_page, amina_page, take):
    take(amina_page, "Start practice")
    amina_page.get("/modules/referrals")
    amina_page.press("Start practice")
    assert cell(carys_page.get("/team"), "Amina Rahman", "Referrals") == "Not required"

    amina_page.get("/modules/referrals")
    amina_page.press("Start")
    assert cell(carys_page.get("/team"), "Amina Rahman", "Referrals") == "Begun"


def test_a_manager_never_sees_a_reply(carys_page, amina_page, take, service, people):
    take(amina_page, "Start", wrong_at=(1, 2))
    (line,) = service.attempts.of(people.amina)
    told = service.attempts.result(people.amina, line.attempt_id).told

    seen = carys_page.get("/team").body + carys_page.get("/team/export.csv").body

    for one in told:
        assert one.question.id not in seen
        assert one.question.ask not in seen
        assert not any(words in seen for words in one.feedback.chosen)


def test_the_same_lines_for_a_spreadsheet(carys_page, amina_page, take):
    take(amina_page, "Start", wrong_at=(3,))

    sent = carys_page.get("/team/export.csv")

    assert sent.headers["Content-Type"].startswith("text/csv")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="team.csv"'
    assert sent.body.startswith("\ufeff")
    titles, *rows = csv.reader(io.StringIO(sent.body.removeprefix("\ufeff")))
    (row,) = [row for row in rows if row[1] == "Referrals"]
    line = dict(zip(titles, row, strict=True))
    assert line["Name"] == "Amina Rahman"
    assert line["Last taken"] == "2026-11-21"
    assert line["Last share"] == "93%"
    # The wrong one may have been an essential point.
    assert (line["Standing"], line["Passed on"]) in (("Passed", "2026-11-21"), ("Not passed", ""))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\u200b=1"])
def test_no_name_becomes_a_formula(carys_page, service, tmp_path, name):
    file = tmp_path / "one.csv"
    file.write_text(
        "staff_ref,name,unit,job,started_on,manager\n"
        f"N9,{name},Northmoor/Council/Assessment,Clerk,2026-03-01,N3\n"
    )
    service.people.import_file(file)

    rows = list(csv.reader(io.StringIO(carys_page.get("/team/export.csv").body)))

    names = {row[0] for row in rows}
    assert not any(name[:1] in "=+-@" for name in names)
    assert any(name in found for found in names)


def test_who_manages_nobody_has_no_team(amina_page):
    assert "My team" not in amina_page.get("/me").menu
    page = amina_page.get("/team")

    assert page.status == 403
    assert page.heading == "You cannot see this page"
    assert "This page is for managers." in page.words
    assert amina_page.get("/team/export.csv").status == 403


def test_a_manager_by_grant_sees_the_unit_and_all_below(fresh_browser, service, people):
    service.people.grant("efua@northmoor.example", Role.MANAGER, "Northmoor/Police")
    efua = fresh_browser().sign_in("efua@northmoor.example")

    names = [row[0] for row in table(efua.get("/team"))[1:]]

    assert names == ["Bashir Aziz", "Dylan Shaw"]


def test_a_manager_whose_people_have_all_gone_is_told(carys_page, service, people):
    service.people.grant("carys@northmoor.example", Role.MANAGER, "Northmoor/Police")
    assert len(table(carys_page.get("/team"))) == 4

    service.people.revoke("carys@northmoor.example", Role.MANAGER, "Northmoor/Police")

    assert carys_page.get("/team").location == "/sign-in"  # what a role opened is shut with it
    carys_page.sign_in("carys@northmoor.example")
    assert len(table(carys_page.get("/team"))) == 2


def test_a_long_record_shows_its_newest_and_all_of_it_when_asked(
    amina_page, service, people, clock
):
    edition = service.editions.current("referrals")
    service.attempts.start(people.amina, "referrals", Mode.PRACTICE)
    for _ in range(23):
        clock.forward(days=1)
        row = {"id": new_id(), "person_id": people.amina, "module": "referrals"}
        row |= {"edition_id": edition.id, "mode": "assured", "plan": "[]", "passed": True}
        row |= {"started_at": clock(), "submitted_at": clock(), "share": 1.0}
        with service.database.writing() as connection:
            connection.execute(insert(attempt), row)
            service.certificates.issue(
                connection, row["id"], people.amina, edition, service.today()
            )

    short = amina_page.get("/me")
    whole = amina_page.follow("See everything you have taken and every certificate")

    assert "0 of 14 answered, begun 21 November 2026" in short.words
    for page, count in ((short, 20), (whole, 23)):
        assert page.body.count('href="/attempts/') == count + 1  # and what is open
        assert page.body.count('href="/certificates/') == count
    assert "These are the newest." not in whole.words


def test_another_persons_attempt_is_not_to_be_found(amina_page, bashir_page, carys_page, take):
    outcome = take(amina_page, "Start")

    for other in (bashir_page, carys_page):
        for path in (outcome.path, f"{outcome.path}/questions/1", f"{outcome.path}/review"):
            assert other.get(path).status == 404
        assert other.post(f"{outcome.path}/review").status == 404
        assert other.post(f"{outcome.path}/questions/1", [("reply", "a")]).status == 404


def test_an_open_attempt_of_another_person_cannot_be_answered(
    amina_page, bashir_page, service, people
):
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)

    assert bashir_page.post(f"/attempts/{attempt}/questions/1", [("reply", "a")]).status == 404
    assert bashir_page.post(f"/attempts/{attempt}/review").status == 404

    (line,) = service.attempts.of(people.amina)
    assert line.is_open
    assert line.answered == 0


@pytest.mark.parametrize("path", ["/me", "/"])
def test_what_is_owed_is_a_card_with_its_button(amina_page, service, people, keys, path):
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 12, 14), "")
    amina_page.get(path)
    amina_page.press("Start : Referrals")
    assert "Question 1 of 14" in amina_page.page.words
    amina_page.press("Save and continue", reply=keys.right(amina_page.page))

    amina_page.get(path)
    amina_page.press("Continue 1 of 14 : Referrals")

    assert "Question 2 of 14" in amina_page.page.words


def test_the_most_urgent_card_comes_first(amina_page, service, people):
    bank = read_bank(SHIPPED / "section-47", service.place, date(2026, 11, 21))
    service.editions.publish([bank], service.place)
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2027, 2, 1), "")
    service.requests.ask(people.carys, [people.amina], ["section-47"], date(2026, 12, 1), "")

    buttons = [words for words in amina_page.get("/me").buttons if words.startswith("Start")]

    assert [words.rpartition(": ")[2] for words in buttons] == ["Section 47 enquiries", "Referrals"]


def test_what_is_done_is_one_line_and_record_certificates_and_data_come_after_it(
    amina_page, service, people, take
):
    due = service.today() + timedelta(days=30)
    service.requests.ask(people.carys, [people.amina], ["referrals"], due)
    take(amina_page, "Start")

    page = amina_page.get("/me")

    assert page.menu[1] == "My record"  # nothing is owed any more
    lines = [one.words for one in page.main.all("summary")]
    assert lines[0] == "1 on which nothing is to be done"
    assert "open" not in page.main.all("details")[0]
    order = [page.words.index(one) for one in (lines[0], "Taken: 1", "Certificates: 1", "My data")]
    assert order == sorted(order)


def events(answer):
    """What a calendar has: title and day, event by event."""
    found = icalendar.Calendar.from_ical(answer.data)
    return [(str(one["summary"]), one.decoded("dtstart")) for one in found.walk("VEVENT")]


def test_what_is_due_goes_into_ones_calendar_signed_in_or_by_a_private_address(
    amina_page, anyone, service, people
):
    due = service.today() + timedelta(days=21)
    service.requests.ask(people.carys, [people.amina], ["referrals"], due)
    page = amina_page.get("/me")
    (address,) = (words for words in page.links if words.endswith(".ics"))
    path = urlsplit(address).path

    followed = anyone.client.get(path)

    assert followed.headers["Content-Type"].startswith("text/calendar")
    assert events(followed) == [("Referrals: to be done by today", due)]
    assert events(amina_page.client.get("/me/due.ics")) == events(followed)
    assert anyone.get("/me/due.ics").location == "/sign-in"
    assert "Amina" not in followed.get_data(as_text=True)


@pytest.mark.parametrize("wrong", ["", "0", "x" * 97, "0" * 32 + "-" + "0" * 64, "%00", "../me"])
def test_a_calendars_address_that_is_none_is_not_found(anyone, wrong):
    assert anyone.get(f"/me/due/{wrong}.ics").status == 404


def test_signing_out_on_every_device_ends_the_calendar(amina_page, anyone, people, service):
    code = service.due_calendars.code(people.amina)
    assert anyone.client.get(f"/me/due/{code}.ics").status_code == 200
    amina_page.get("/me")

    amina_page.press("Sign out on every device")

    assert anyone.get(f"/me/due/{code}.ics").status == 404
