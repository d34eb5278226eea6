"""Checking a certificate without signing in, printing one's own, withdrawing, the transcript."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import update

from quizbot.store.tables import certificate, person
from tests.evidence.scripts import LOST, NAMES


@pytest.fixture
def code(amina_page, take, service, people):
    """The code, as printed, of the certificate that Amina was given on 21 November 2026."""
    take(amina_page, "Start")
    (given,) = service.certificates.of(people.amina)
    return given.grouped


def facts(page):
    """The lines of the certificate."""
    return {
        row.all("dt")[0].words: row.all("dd")[0].words
        for row in page.main.all("div", class_="govuk-summary-list__row")
    }


def verdict(page):
    return page.main.all("div", class_="app-result")[0].words


def test_anyone_with_the_code_sees_every_line(anyone, code, service):
    page = anyone.get(f"/certificates/{code}")

    current = service.editions.current("referrals")
    assert page.status == 200
    assert verdict(page) == "Valid It has no end date."
    assert facts(page) == {
        "Name": "Amina Rahman",
        "Has passed the questionnaire": "Referrals",
        "What it asks about": " ".join(current.module.objectives.values()),
        "Issued on": "21 November 2026",
        "Valid until": "No end date",
        "Edition": f"{current.label}, fingerprint {current.fingerprint[:12]}",
        "Issued by": service.place.text("partnership_name"),
        "Code": code,
    }


def test_one_that_has_run_out_says_until_when_it_held(anyone, code, service, clock):
    with service.database.writing() as connection:
        connection.execute(update(certificate).values(expires_on=date(2027, 11, 21)))
    clock.at = clock.at.replace(year=2027)
    assert verdict(anyone.get(f"/certificates/{code}")) == (
        "Valid It holds until 21 November 2027."
    )
    clock.forward(days=1)

    page = anyone.get(f"/certificates/{code}")

    assert verdict(page) == (
        "Expired It held until 21 November 2027, and no newer one has followed it."
    )
    assert facts(page)["Valid until"] == "21 November 2027"


def test_one_that_has_a_newer_says_which_to_ask_for(anyone, amina_page, code, take, clock):
    clock.forward(hours=2)
    take(amina_page, "Start")

    page = anyone.get(f"/certificates/{code}")

    assert verdict(page) == (
        "Superseded The same person passed this questionnaire again: ask for the certificate of"
        " 21 November 2026, which takes its place."
    )
    assert facts(page)["Code"] == code


def test_no_search_engine_lists_it(anyone, code):
    for path in ("/certificates", f"/certificates/{code}", "/certificates/X"):
        page = anyone.get(path)
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert [tag["content"] for tag in page.tree.all("meta", name="robots")] == ["noindex"]


def test_a_code_is_typed_as_people_type(anyone, code):
    loose = code.lower().replace("-", "+")
    anyone.get("/certificates")

    page = anyone.get(f"/certificates?code=+{loose}+", follow=True)

    assert page.path == f"/certificates/{code}"
    assert page.heading == "Certificate: Referrals"
    assert anyone.get(f"/certificates/{code.lower().replace('-', '%20')}").status == 200


@pytest.mark.parametrize(
    "typed", ["K7MP-3QXR-9WTC-4HDN", "x", "<script>", "é", "a" * 3000, "%25%27"]
)
@pytest.mark.parametrize("where", ["/certificates/", "/certificates?code="])
def test_an_unknown_code_is_one_clear_sentence(anyone, code, where, typed):
    page = anyone.get(where + typed)

    assert page.status == 404
    assert page.heading == "Check a certificate"
    assert page.errors == [
        "No certificate has this code. Compare it with the paper, letter by letter."
    ]


@pytest.mark.parametrize("odd", ["%00", "%E2%80%AE", "%ED%A0%80"])
def test_letters_that_cannot_be_shown_are_no_code(anyone, code, odd):
    assert anyone.get(f"/certificates/{odd}").status == 404
    assert anyone.get(f"/certificates?code={odd}").status == 404


def test_no_code_at_all_is_asked_for(anyone):
    page = anyone.get("/certificates?code=+")

    assert page.status == 400
    assert page.errors == ["Enter the code on the certificate"]


def test_an_older_one_names_the_day_of_the_newer(anyone, code, amina_page, take, clock):
    clock.forward(days=9)
    take(amina_page, "Start")

    page = anyone.get(f"/certificates/{code}")

    assert verdict(page).startswith("Superseded")
    assert "the certificate of 30 November 2026" in verdict(page)


def test_its_person_finds_it_on_the_outcome_and_on_the_record(amina_page, code):
    assert amina_page.page.links["your record"] == "/me#certificates"

    links = amina_page.get("/me").links

    assert links["Referrals, issued 21 November 2026"] == f"/certificates/{code}"
    paper = links["Print it (PDF) : Referrals, issued 21 November 2026"]
    sent = amina_page.client.get(paper)
    assert sent.content_type == "application/pdf"
    assert sent.headers["Content-Disposition"] == 'attachment; filename="certificate.pdf"'
    assert sent.data.startswith(b"%PDF-1.7")


def test_the_paper_is_its_persons_alone(anyone, bashir_page, carys_page, efua_page, code):
    path = f"/me/certificates/{code}.pdf"

    assert anyone.get(path).location == "/sign-in"
    for other in (bashir_page, carys_page, efua_page):
        assert other.get(path).status == 404
    assert ".pdf" not in anyone.get(f"/certificates/{code}").body


def test_a_lead_withdraws_one_and_everybody_sees_that(efua_page, anyone, amina_page, code):
    efua_page.get(f"/certificates/{code}")

    page = efua_page.press("Withdraw it", reason="The name was misspelt.")

    assert "Withdrawn. It stays on record" in page.words
    assert "The name was misspelt." in page.words
    seen = anyone.get(f"/certificates/{code}")
    assert verdict(seen) == (
        "Withdrawn It was withdrawn on 21 November 2026 and does not count any more."
    )
    assert "misspelt" not in seen.body
    assert facts(seen)["Name"] == "Amina Rahman"
    record = amina_page.get("/me")
    assert "Withdrawn on 21 November 2026: The name was misspelt." in record.words
    paper = amina_page.get(f"/me/certificates/{code}.pdf")
    assert paper.status == 409
    assert "it is not printed any more" in paper.words


def test_a_lead_withdraws_an_attempt_and_its_person_reads_why(
    efua_page, amina_page, anyone, code, people
):
    person = efua_page.get(f"/team/people/{people.amina}")
    (link,) = [words for words in person.links if words.startswith("Withdraw this attempt")]
    asked = efua_page.follow(link)
    assert "handed in by Amina Rahman on 21 November 2026: passed" in asked.words
    assert efua_page.press("Withdraw it", reason="").errors == [
        "Say why, in a few words: its person reads it"
    ]

    done = efua_page.press("Withdraw it", reason="Somebody else answered.")

    assert "It is withdrawn, with its certificate if there was one." in done.words
    assert "Withdrawn 21 November 2026: it does not count" in done.words
    assert "Withdraw this attempt" not in done.words
    record = amina_page.get("/me")
    assert "it does not count. Somebody else answered." in record.words
    (taken,) = [link for words, link in record.links.items() if words.startswith("Referrals, 21")]
    assert "Somebody else answered." in amina_page.get(taken).words
    assert verdict(anyone.get(f"/certificates/{code}")).startswith("Withdrawn")


def test_who_leads_nobody_is_not_offered_to_withdraw_an_attempt(
    carys_page, amina_page, code, people, service
):
    (line,) = service.attempts.of(people.amina)
    address = f"/team/people/{people.amina}/attempts/{line.attempt_id}/withdraw"

    assert "Withdraw this attempt" not in carys_page.get(f"/team/people/{people.amina}").words
    for visitor in (carys_page, amina_page):
        assert visitor.get(address).status == 403
        assert visitor.post(address, [("reason", "No.")]).status == 403


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("", "Say why, in a few words: its person reads it"),
        ("   ", "Say why, in a few words: its person reads it"),
        ("a" * 301, "Shorten this to 300 characters: it has 301"),
        ("a\0b", "This holds characters that cannot be shown: type it anew"),
    ],
)
def test_a_withdrawal_needs_a_short_reason(efua_page, code, service, reason, told):
    efua_page.get(f"/certificates/{code}")

    page = efua_page.press("Withdraw it", reason=reason)

    assert page.status == 400
    assert page.errors == [told]
    assert verdict(page).startswith("Valid")


def test_a_form_that_was_open_for_too_long_keeps_its_words(efua_page, code):
    efua_page.get(f"/certificates/{code}")
    efua_page.token = "old"

    page = efua_page.post(f"/certificates/{code}/withdraw", [("reason", "Misspelt.")])

    assert page.status == 400
    assert page.main.all("textarea")[0].words == "Misspelt."
    assert verdict(page).startswith("Valid")


def test_nobody_else_is_offered_to_withdraw_or_can(anyone, amina_page, carys_page, code):
    for visitor in (anyone, amina_page, carys_page):
        assert "Withdraw it" not in visitor.get(f"/certificates/{code}").buttons
    for visitor in (amina_page, carys_page):
        page = visitor.post(f"/certificates/{code}/withdraw", [("reason", "No.")])
        assert page.status == 403

    assert verdict(anyone.get(f"/certificates/{code}")).startswith("Valid")


def test_a_lead_cannot_withdraw_what_there_is_not(efua_page):
    efua_page.get("/me")

    assert efua_page.post("/certificates/XXXX/withdraw", [("reason", "No.")]).status == 404


def test_the_transcript_is_taken_from_the_record(amina_page, code, service):
    links = amina_page.get("/me").links

    paper = amina_page.client.get(links["transcript (PDF)"])
    sent = amina_page.get(links["the same for a spreadsheet (CSV)"])

    assert paper.content_type == "application/pdf"
    assert paper.data.startswith(b"%PDF-1.7")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="transcript.csv"'
    titles, line = csv.reader(io.StringIO(sent.body.removeprefix("\ufeff")))
    assert dict(zip(titles, line, strict=True)) == {
        "Questionnaire": "Referrals",
        "Edition": service.editions.current("referrals").label,
        "Taken on": "2026-11-21",
        "Outcome": "Passed",
        "Share": "100%",
        "Certificate": code,
        "Valid until": "",
        "Certificate is": "Valid",
        "Certificate withdrawn on": "",
    }


def test_a_transcript_is_of_whoever_asks(bashir_page, anyone, code):
    for path in ("/me/transcript.csv", "/me/transcript.pdf"):
        assert anyone.get(path).location == "/sign-in"
    assert len(bashir_page.get("/me/transcript.csv").body.splitlines()) == 1


def test_without_anything_taken_no_transcript_is_offered(bashir_page):
    page = bashir_page.get("/me")

    assert "transcript (PDF)" not in page.links
    assert "Certificates:" not in page.words


def test_a_name_in_any_script_has_its_papers(amina_page, code, service, people):
    for name in (*NAMES.values(), *LOST.values()):
        with service.database.writing() as connection:
            connection.execute(update(person).where(person.c.id == people.amina).values(name=name))
            connection.execute(update(certificate).values(name=name))

        for path in (f"/me/certificates/{code}.pdf", "/me/transcript.pdf"):
            paper = amina_page.client.get(path)
            assert (paper.status_code, paper.content_type) == (200, "application/pdf")
