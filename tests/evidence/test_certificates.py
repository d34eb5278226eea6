"""Certificates and transcripts: what is issued, what becomes of it, and what the paper says."""

import io
import re
from datetime import date
from typing import Any

import pytest
import segno
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from quizbot.errors import NotAllowed, NotFound, NotOffered
from quizbot.evidence.certificates import LETTERS, CertificateState
from quizbot.rules.pick import Mode
from quizbot.standing.requirements import Draft
from quizbot.store.tables import audit, certificate, new_id, person, role_grant, unit


def take(service, person_id, mode=Mode.ASSURED, *, right=True):
    """A whole attempt at referrals, all of it right or none of it answered."""
    attempt_id = service.attempts.start(person_id, "referrals", mode)
    for number in range(1, service.attempts.turn(person_id, attempt_id, 1).total + 1):
        turn = service.attempts.turn(person_id, attempt_id, number)
        if right:
            reply = turn.question.shown(turn.question.key, turn.order)
            service.attempts.answer(person_id, attempt_id, number, reply)
    if mode is Mode.ASSURED:
        service.attempts.submit(person_id, attempt_id)
    return attempt_id


def yearly(service):
    """Everybody needs referrals, and again every year."""
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=date(2026, 11, 21),
        within_months=1,
        every_months=12,
        reason="Induction.",
    )
    service.rules.save(draft, draft.fingerprint)


def rename(service, person_id, name):
    with service.database.writing() as connection:
        connection.execute(update(person).where(person.c.id == person_id).values(name=name))


def read(paper):
    """What a PDF says, with single spaces."""
    pages = PdfReader(io.BytesIO(paper)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def root(reader) -> Any:
    """Where a PDF file says what it is."""
    return reader.root_object


@pytest.fixture
def issued(service, amina):
    """Amina's certificate of 21 November 2026."""
    take(service, amina)
    (found,) = service.certificates.of(amina)
    return found


# What is issued


def test_a_pass_gives_a_certificate_with_every_field(service, issued):
    current = service.editions.current("referrals")

    assert issued.name == "Amina Rahman"
    assert issued.issuer == service.place.text("partnership_name")
    assert issued.title == "Referrals"
    assert (issued.edition, issued.fingerprint) == (current.label, current.fingerprint)
    assert issued.objectives == tuple(current.module.objectives.values())
    assert issued.issued_on == date(2026, 11, 21)
    assert issued.expires_on is None
    assert issued.state is CertificateState.VALID


def test_neither_a_fail_nor_a_practice_gives_one(service, amina):
    take(service, amina, right=False)
    take(service, amina, Mode.PRACTICE)

    assert service.certificates.of(amina) == []


def test_a_second_submit_gives_no_second_one(service, amina):
    attempt_id = take(service, amina)

    service.attempts.submit(amina, attempt_id)

    assert len(service.certificates.of(amina)) == 1


def test_it_expires_when_the_validity_of_the_rule_ends(service, amina, clock):
    yearly(service)
    take(service, amina)
    (found,) = service.certificates.of(amina)
    assert found.expires_on == date(2027, 11, 21)

    clock.forward(days=365)
    assert service.certificates.find(found.code).state is CertificateState.VALID
    clock.forward(days=1)
    assert service.certificates.find(found.code).state is CertificateState.EXPIRED


def test_the_code_is_long_random_and_without_look_alikes(service, amina):
    codes = set()
    for _ in range(5):
        take(service, amina)
        codes = {found.code for found in service.certificates.of(amina)}

    assert len(codes) == 5
    assert all(len(code) == 16 and set(code) <= set(LETTERS) for code in codes)
    assert not set(LETTERS) & set("0O1IL2Z5S8BUAE")


def test_what_was_printed_stays_when_name_and_rules_change(service, amina, issued, clock):
    before = service.certificates.paper(amina, issued.code)
    clock.forward(days=30)
    rename(service, amina, "Amina Khan")
    yearly(service)

    assert service.certificates.find(issued.code).name == "Amina Rahman"
    assert service.certificates.paper(amina, issued.code) == before


# What becomes of it


def test_however_a_code_is_typed_it_is_found(service, issued):
    loose = issued.grouped.lower().replace("-", " ")

    assert service.certificates.find(f" {loose} ") == issued
    assert service.certificates.find(issued.code) == issued


@pytest.mark.parametrize("typed", ["", "K7MP", "\0", "%", "' OR 1=1 --", "é" * 16, "3" * 5000])
def test_a_code_that_is_none_is_told(service, issued, typed):
    with pytest.raises(NotFound, match="No certificate has this code"):
        service.certificates.find(typed)


def test_a_later_pass_takes_its_place_and_another_persons_does_not(
    service, amina, bashir, issued, clock
):
    clock.forward(days=10)
    take(service, bashir)
    assert service.certificates.find(issued.code).state is CertificateState.VALID

    take(service, amina)

    newer, older = service.certificates.of(amina)
    assert (newer.state, older.state) == (CertificateState.VALID, CertificateState.SUPERSEDED)
    assert older.newer_on == newer.issued_on == date(2026, 12, 1)


def test_a_later_fail_changes_nothing(service, amina, issued, clock):
    clock.forward(days=10)

    take(service, amina, right=False)

    assert service.certificates.find(issued.code).state is CertificateState.VALID


def test_a_lead_withdraws_it_with_a_reason_and_it_stays(service, people, issued, clock):
    clock.forward(days=1)

    service.certificates.withdraw(people.efua, issued.grouped, "Taken by somebody else.")

    found = service.certificates.find(issued.code)
    assert found.state is CertificateState.WITHDRAWN
    assert found.withdrawn_on == date(2026, 11, 22)
    assert found.reason == "Taken by somebody else."
    assert found.name == "Amina Rahman"
    with service.database.reading() as connection:
        noted = connection.execute(
            select(audit).where(audit.c.action == "certificate.withdraw")
        ).one()
        (kept,) = connection.execute(select(certificate.c.id)).one()
    assert (noted.actor, noted.subject) == (str(people.efua), str(kept))


def test_the_first_withdrawal_stands(service, people, issued):
    service.certificates.withdraw(people.efua, issued.code, "The first reason.")

    service.certificates.withdraw(people.efua, issued.code, "Another.")

    assert service.certificates.find(issued.code).reason == "The first reason."


def test_the_one_before_stands_again_when_the_newer_is_withdrawn(service, people, issued, clock):
    clock.forward(days=1)
    take(service, people.amina)
    newer, _ = service.certificates.of(people.amina)

    service.certificates.withdraw(people.efua, newer.code, "Not her answers.")

    assert service.certificates.find(issued.code).state is CertificateState.VALID


def test_a_withdrawal_leaves_the_facts_and_takes_their_credit(service, people, issued):
    service.certificates.withdraw(people.efua, issued.code, "Not her answers.")

    (line,) = service.attempts.of(people.amina)
    assert line.passed
    assert line.withdrawn.reason == "Not her answers."


def test_only_a_lead_over_its_person_withdraws(service, people, issued):
    for other in (people.amina, people.carys, people.dylan):
        with pytest.raises(NotAllowed):
            service.certificates.withdraw(other, issued.code, "No.")
    with service.database.writing() as connection:
        police = connection.execute(
            select(unit.c.id).where(unit.c.path == "Northmoor/Police")
        ).scalar()
        connection.execute(
            insert(role_grant).values(
                id=new_id(),
                person_id=people.dylan,
                unit_id=police,
                role="lead",
                starts_on=date(2026, 1, 1),
            )
        )

    with pytest.raises(NotFound):
        service.certificates.withdraw(people.dylan, issued.code, "No.")

    assert service.certificates.find(issued.code).state is CertificateState.VALID


# The paper


def test_the_paper_says_every_field_of_the_page(service, amina):
    yearly(service)
    take(service, amina)
    (found,) = service.certificates.of(amina)

    said = read(service.certificates.paper(amina, found.code))

    fields = (found.name, found.title, found.issuer, found.edition_in_words, found.grouped)
    for field in (*fields, "21 November 2026", "21 November 2027", *found.objectives):
        assert field in said
    assert f"http://127.0.0.1:8000/certificates/{found.grouped}" in said.replace(" K", "K")


def test_without_an_end_the_paper_says_so(service, amina, issued):
    assert "Valid until No end date" in read(service.certificates.paper(amina, issued.code))


def test_the_paper_is_tagged_and_says_that_it_is_accessible(service, amina, issued):
    reader = PdfReader(io.BytesIO(service.certificates.paper(amina, issued.code)))

    assert root(reader)["/MarkInfo"]["/Marked"]
    assert root(reader)["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in root(reader)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root(reader)["/Metadata"].get_data()
    assert reader.metadata.title == "Certificate: Referrals, Amina Rahman"
    assert len(reader.pages) == 1
    assert reader.metadata.creation_date.date() == date(2026, 11, 21)


def test_a_name_is_printed_to_the_letter(service, amina):
    name = "#strong[Amina] & <b>O’Neill</b> *Ngũgĩ* \\ $x$"
    rename(service, amina, name)
    take(service, amina)
    (found,) = service.certificates.of(amina)

    paper = service.certificates.paper(amina, found.code)

    assert name in read(paper)
    assert PdfReader(io.BytesIO(paper)).metadata.title == f"Certificate: Referrals, {name}"


def test_the_longest_of_names_still_fits(service, amina, issued):
    with service.database.writing() as connection:
        connection.execute(update(certificate).values(name="Wilhelmina-Anne " * 12))

    reader = PdfReader(io.BytesIO(service.certificates.paper(amina, issued.code)))

    assert len(reader.pages) == 1


def test_the_qr_on_the_paper_leads_to_the_page(service, amina, issued):
    reader = PdfReader(io.BytesIO(service.certificates.paper(amina, issued.code)))

    address = f"http://127.0.0.1:8000/certificates/{issued.grouped}"
    wanted = [list(row) for row in segno.make_qr(address, error="m").matrix]
    assert drawn(reader, len(wanted)) == wanted


def drawn(reader, size):
    """The squares that the lines of the QR code cover: each runs through the middle of a row."""
    squares = [[0] * size for _ in range(size)]
    instructions = reader.pages[0].get_contents().get_data().decode("latin-1")
    for left, row, right in re.findall(r"(\d+) (\d+)\.5 m (\d+) \2\.5 l", instructions):
        for column in range(int(left), int(right)):
            squares[int(row)][column] = 1
    return squares


def test_other_people_print_it_not(service, people, issued):
    for other in (people.bashir, people.carys, people.efua):
        with pytest.raises(NotFound):
            service.certificates.paper(other, issued.code)


def test_what_was_withdrawn_is_printed_no_more(service, people, issued):
    service.certificates.withdraw(people.efua, issued.code, "A wrong name.")

    with pytest.raises(NotOffered, match="withdrawn"):
        service.certificates.paper(people.amina, issued.code)


# The transcript


def test_the_transcript_lists_all_that_was_finished_for_the_record(service, people, clock):
    take(service, people.amina, right=False)
    clock.forward(days=1)
    take(service, people.amina, Mode.PRACTICE)
    clock.forward(days=1)
    take(service, people.amina)
    service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    (given,) = service.certificates.of(people.amina)

    found = service.transcripts.of(people.amina, "csv")

    assert [(line.outcome, line.share, line.code) for line in found.lines] == [
        ("Passed", "100%", given.grouped),
        ("Not passed", "0%", ""),
    ]
    assert [line.taken_on.day for line in found.lines] == [23, 21]
    assert {len(row) for row in found.rows()} == {9}
    assert "Practice is not listed." in read(service.transcripts.paper(people.amina))


def test_the_transcript_says_what_every_certificate_is_worth(service, people, clock):
    yearly(service)
    take(service, people.amina)
    clock.forward(days=60)
    take(service, people.amina)
    newer, older = service.certificates.of(people.amina)

    said = read(service.transcripts.paper(people.amina))

    states = [line.state for line in service.transcripts.of(people.amina, "csv").lines]
    assert states == [CertificateState.VALID, CertificateState.SUPERSEDED]
    assert f"{newer.grouped} valid until " in said
    assert f"{older.grouped} superseded by a newer one" in said


def test_the_transcript_says_what_has_run_out_and_what_has_no_end(service, people, clock):
    take(service, people.bashir)
    assert "valid, no end date" in read(service.transcripts.paper(people.bashir))
    yearly(service)
    take(service, people.amina)

    clock.forward(days=400)

    assert "expired after 21 November 2027" in read(service.transcripts.paper(people.amina))


def test_the_transcript_says_what_was_withdrawn(service, people, issued):
    service.certificates.withdraw(people.efua, issued.code, "A wrong name.")

    said = read(service.transcripts.paper(people.amina))

    assert f"{issued.grouped} withdrawn 21 November 2026" in said
    assert "A wrong name." not in said


def test_the_transcript_on_paper_is_tagged_and_as_long_as_it_needs(service, amina, clock):
    assert "Nothing has been taken for the record yet." in read(service.transcripts.paper(amina))
    for _ in range(3):
        take(service, amina, right=False)
        clock.forward(days=2)

    reader = PdfReader(io.BytesIO(service.transcripts.paper(amina)))

    said = reader.pages[0].extract_text()
    assert said.count("Not passed") == 3
    assert "Amina Rahman" in said
    assert root(reader)["/MarkInfo"]["/Marked"]


def test_taking_a_transcript_away_is_noted(service, amina):
    service.transcripts.of(amina, "csv")
    service.transcripts.paper(amina)

    with service.database.reading() as connection:
        noted = connection.execute(
            select(audit.c.actor, audit.c.subject, audit.c.details)
            .where(audit.c.action == "transcript.export")
            .order_by(audit.c.number)
        ).all()
    assert [(row.actor, row.subject) for row in noted] == [(str(amina), str(amina))] * 2
    assert ['"form":"csv"' in row.details for row in noted] == [True, False]
