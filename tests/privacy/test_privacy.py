"""What is kept of people: the register, what is handed out, what is erased, what time takes."""

import io
import json
import re
import zipfile
from datetime import date, timedelta
from html import escape, unescape

import pytest
from sqlalchemy import insert, update
from sqlmodel import SQLModel

from quizbot import access
from quizbot.access import ERASED, Role
from quizbot.errors import NotFound, Refused
from quizbot.evidence.attestations import STATEMENT, AttestationDraft
from quizbot.privacy.erasure import SENTENCE
from quizbot.privacy.own_data import blanks, is_theirs, table_of
from quizbot.privacy.own_page import NOTICES
from quizbot.privacy.register import NOT_PERSONAL, REGISTER, lines
from quizbot.reminders.announcing import LATER, TOLD
from quizbot.reminders.digests import DONE
from quizbot.rules.due import DispensationKind
from quizbot.rules.ladder import When
from quizbot.rules.pick import Mode
from quizbot.store.tables import (
    answer,
    attempt,
    attempt_misconception,
    attempt_objective,
    audit,
    dispensation,
    new_id,
    notice,
    person,
    preference,
    request,
    sign_in,
)
from tests.stored import rows

AMINA = "amina@northmoor.example"
TODAY = date(2026, 11, 21)
COUNTED = (attempt_objective, attempt_misconception)


def take(service, person_id, mode=Mode.ASSURED):
    """A whole attempt, its first answers wrong."""
    taken = service.attempts.start(person_id, "referrals", mode)
    total = service.attempts.turn(person_id, taken, 1).total
    for number in range(1, total + 1):
        turn = service.attempts.turn(person_id, taken, number)
        question = turn.question
        wrong = next((letter for letter in turn.order if letter not in question.key), turn.order[0])
        reply = question.shown(question.key if number > 3 else wrong, turn.order)
        service.attempts.answer(person_id, taken, number, reply)
    if mode is Mode.ASSURED:
        service.attempts.submit(person_id, taken)
    return taken


def passes(service, person_id):
    """An attempt for the record with every answer right."""
    taken = service.attempts.start(person_id, "referrals", Mode.ASSURED)
    for number in range(1, service.attempts.turn(person_id, taken, 1).total + 1):
        turn = service.attempts.turn(person_id, taken, number)
        reply = turn.question.shown(turn.question.key, turn.order)
        service.attempts.answer(person_id, taken, number, reply)
    service.attempts.submit(person_id, taken)


@pytest.fixture
def history(service, people):
    """Amina has something in most of the tables."""
    taken = take(service, people.amina)
    take(service, people.amina, Mode.PRACTICE)
    service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    due_on = TODAY + timedelta(days=9)
    service.requests.ask(people.carys, [people.amina], ["referrals"], due_on, "After her leave.")
    service.dispensations.grant(
        people.efua,
        people.amina,
        DispensationKind.PAUSE,
        None,
        TODAY,
        TODAY + timedelta(days=30),
        "Parental leave.",
    )
    service.sign_in.ask(AMINA)
    service.people.grant(AMINA, Role.AUDITOR, "Northmoor")
    return taken


def leaves(service, people, clock):
    """Amina leaves today; tomorrow she is gone."""
    service.staff.leave(people.efua, people.amina, TODAY)
    clock.forward(days=1)


# The register


def columns():
    return {(table.name, column.name) for table in SQLModel.metadata.tables.values()
            for column in table.columns}  # fmt: skip


def test_every_column_is_in_the_register_or_said_to_be_of_no_person():
    personal = {(line.table, line.field) for line in lines()}
    other = {(table, name) for table, names in NOT_PERSONAL.items() for name in names}
    other = {pair for pair in other if pair[0] != "alembic_version"}

    unknown = sorted(columns() - personal - other)
    assert unknown == [], (
        "say in quizbot/privacy/register.py what these columns keep of a person, or that it is none"
    )
    assert sorted((personal | other) - columns()) == [], "the register names what is not there"
    assert personal & other == set()


def test_every_link_to_a_person_says_whose_a_row_is_or_that_it_is_blanked():
    """A column that points to a person and is in no `whose` would be handed to nobody."""
    known = {(h.table, name) for h in REGISTER for name in (*h.whose, *blanks(h))}
    links = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }

    assert sorted(links - known) == []


def test_what_erasing_puts_into_a_field_fits_it():
    for holding in REGISTER:
        for name, blank in blanks(holding).items():
            column = table_of(holding).c[name]
            assert blank is not None or column.nullable, (holding.table, name)


def test_every_line_says_what_why_how_long_and_who_sees_it():
    for line in lines():
        assert all((line.what, line.why, line.term, line.seen_by)), line


# Handing out


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert sorted(found.namelist()) == ["data.json", "read-me.html"]
        return json.loads(found.read("data.json")), found.read("read-me.html").decode()


def test_a_copy_holds_everything_in_both_forms(service, people, history):
    content, words = unpacked(service.own_data.copy(people.amina))

    kept = {one["what"]: one["rows"] for one in content["kept"]}
    assert kept["Who you are"][0]["your name"] == "Amina Rahman"
    assert kept["Where you work"][0]["the team"] == "Northmoor/Council/Assessment"
    assert len(kept["What you took"]) == 3
    assert len(kept["What you answered"]) == 28
    assert kept["What you were asked for"][0]["why"] == "After her leave."
    assert kept["Pauses, extensions and what was recognised"][0]["why"] == "Parental leave."
    assert [one["what"] for one in content["kept"]] == [one.title for one in REGISTER]
    for found in ("Amina Rahman", AMINA, "After her leave.", "What you answered", "Nothing."):
        assert found in words


def test_a_copy_tells_question_and_reply_in_words(service, people, history):
    content, _ = unpacked(service.own_data.copy(people.amina))

    questions = service.editions.current("referrals").questions
    for row in next(one for one in content["kept"] if one["what"] == "What you answered")["rows"]:
        question = questions[row["the question"]]
        assert row["the question in words"] == question.ask
        chosen = [question.text_of(letter) for letter in row["what you chose"]]
        assert row["what you chose in words"] == "; ".join(chosen)


def test_a_copy_calls_the_first_pass_the_first(service, people, clock):
    passes(service, people.amina)
    clock.forward(days=40)
    passes(service, people.amina)
    service.standings.renew_cache(everything=True)

    content, _ = unpacked(service.own_data.copy(people.amina))

    kept = {one["what"]: one["rows"] for one in content["kept"]}
    (stands,) = [row for row in kept["Where you stand"] if row["the questionnaire"] == "referrals"]
    assert stands["first passed"] == TODAY.isoformat()
    assert len(kept["Certificates"]) == 2


def test_a_copy_holds_nothing_of_others_and_no_key(service, people, history):
    take(service, people.bashir)

    content, words = unpacked(service.own_data.copy(people.amina))

    for other in ("Bashir", "Carys", "Efua", "bashir@", str(people.bashir)):
        assert other not in json.dumps(content) + words
    (secret,) = [row for row in rows(service, sign_in) if row.person_id == people.amina]
    assert secret.address_key not in json.dumps(content) + words


def test_hostile_words_are_only_words_in_the_page(service, people):
    with service.database.writing() as connection:
        connection.execute(
            update(person)
            .where(person.c.id == people.amina)
            .values(name="<script>alert(1)</script>")
        )

    _, words = unpacked(service.own_data.copy(people.amina))

    assert "<script>" not in words
    assert "&lt;script&gt;" in words


def test_that_a_copy_was_made_is_in_the_trail(service, people):
    service.own_data.copy(people.amina, people.amina)

    *_, row = rows(service, audit)
    assert (row.action, row.actor) == ("export.person", str(people.amina))


@pytest.mark.parametrize("words", [AMINA, " AMINA@Northmoor.example ", "N1"])
def test_somebody_is_found_by_address_or_number(service, people, words):
    assert service.own_data.whose(words) == people.amina


def test_somebody_is_found_by_the_id_of_the_trail_and_after_leaving(service, people, clock):
    leaves(service, people, clock)

    assert service.own_data.whose(str(people.amina)) == people.amina
    assert service.own_data.whose("N1") == people.amina


@pytest.mark.parametrize("words", ["", "N99", "Amina", "%", "N1' OR 1=1", "x" * 5000])
def test_nobody_is_found_by_other_words(service, words):
    with pytest.raises(NotFound):
        service.own_data.whose(words)


# Erasing


def test_nothing_personal_is_left_of_who_was_erased(service, people, history, clock):
    leaves(service, people, clock)

    service.erasure.erase(people.amina)

    everything = str({name: rows(service, table) for name, table in tables().items()})
    for words in ("Amina", "Rahman", AMINA, "'N1'", "After her leave.", "Parental leave."):
        assert words not in everything
    theirs = [attempt.c.person_id == people.amina]
    (kept,) = rows(service, attempt, *theirs)
    assert kept.mode == "assured"
    assert {row.reply for row in rows(service, answer, answer.c.attempt_id == kept.id)} == {""}
    for holding in REGISTER:
        if holding.erased.go:
            assert rows(service, table_of(holding), is_theirs(holding, people.amina)) == []


def tables():
    return SQLModel.metadata.tables


def test_counts_and_the_trail_stay_whole(service, people, history, clock):
    leaves(service, people, clock)
    before = [rows(service, table, table.c.attempt_id == history) for table in COUNTED]
    assert all(before)
    passed = rows(service, attempt, attempt.c.id == history)[0].passed

    service.erasure.erase(people.amina)

    assert [rows(service, table, table.c.attempt_id == history) for table in COUNTED] == before
    assert rows(service, attempt, attempt.c.id == history)[0].passed == passed
    assert sum(row.is_right for row in rows(service, answer)) == 11
    assert service.audit.verify().number == rows(service, audit)[-1].number
    assert rows(service, audit)[-1].action == "person.erase"


def test_the_data_of_others_is_as_it_was(service, people, history, clock):
    take(service, people.bashir)
    leaves(service, people, clock)
    before = service.own_data.held(people.bashir)

    service.erasure.erase(people.amina)

    assert service.own_data.held(people.bashir) == before


def test_a_second_time_changes_nothing(service, people, history, clock):
    leaves(service, people, clock)
    service.erasure.erase(people.amina)
    before = rows(service, audit)

    assert service.erasure.erase(people.amina).is_done
    assert rows(service, audit) == before


@pytest.mark.parametrize("sentence", ["", "yes", "they work here"])
def test_somebody_here_is_not_erased_by_mistake(service, people, sentence):
    with pytest.raises(Refused, match=SENTENCE):
        service.erasure.erase(people.amina, sentence)

    assert rows(service, person, person.c.id == people.amina)[0].email == AMINA


def test_on_the_last_day_somebody_is_still_here(service, people):
    service.staff.leave(people.efua, people.amina, TODAY)

    with pytest.raises(Refused):
        service.erasure.erase(people.amina)


def test_with_the_sentence_somebody_here_is_erased_and_cannot_sign_in(service, people):
    service.erasure.erase(people.amina, SENTENCE)

    (row,) = rows(service, person, person.c.id == people.amina)
    assert (row.name, row.email, row.left_on) == (ERASED, None, TODAY - timedelta(days=1))
    with pytest.raises(Refused):
        service.people.rights(people.amina)
    with service.database.reading() as connection:
        assert not list(connection.execute(access.team(connection, people.carys, TODAY)))


def test_a_manager_who_is_erased_leaves_their_peoples_requests_standing(
    service, people, history, clock
):
    service.staff.leave(people.efua, people.carys, TODAY)
    clock.forward(days=1)

    service.erasure.erase(people.carys)

    (asked,) = rows(service, request)
    assert (asked.person_id, asked.reason) == (people.amina, "After her leave.")
    (ask,) = [ask for duty in service.duties.mine(people.amina) for ask in duty.asks]
    assert ask.by == ERASED


def test_nobody_cannot_be_erased(service):
    with pytest.raises(NotFound):
        service.erasure.erase(new_id())


# What time takes


def going(service):
    return {(one.table, one.rule): one.rows for one in service.retention.look() if one.rows}


def only(service):
    """The one rule that has something to do."""
    ((table, _),) = going(service)
    return table


def test_nothing_goes_of_what_is_new(service):
    assert going(service) == {}
    before = rows(service, audit)

    service.retention.run()

    assert rows(service, audit) == before


def test_sign_in_rows_go_after_a_day(service, clock):
    service.sign_in.ask(AMINA)
    with service.database.writing() as connection:
        connection.execute(update(notice).values(state="sent"))
    clock.forward(hours=24)
    assert going(service) == {}
    clock.forward(seconds=1)
    assert sorted(table for table, _ in going(service)) == ["notice", "sign_in"]

    service.retention.run()

    assert rows(service, sign_in) == []
    assert rows(service, notice) == []
    assert going(service) == {}


def test_a_slip_stays_as_long_as_it_works(service, people, clock):
    code = service.slips.print_for(people.amina).code
    clock.forward(days=13, hours=23)
    service.retention.run()
    assert service.slips.enter(code, "here").person_id == people.amina
    clock.forward(days=1, seconds=1)

    assert only(service) == "sign_in"
    service.retention.run()

    assert rows(service, sign_in) == []


def test_a_slip_that_was_never_used_goes_when_it_has_run_out(service, people, clock):
    service.slips.print_for(people.amina)
    clock.forward(days=15)
    assert going(service) == {}
    clock.forward(seconds=1)

    assert only(service) == "sign_in"


def test_guests_go_half_a_year_after_their_last_day(service, people, clock):
    until = date(2026, 11, 25)
    guest = service.people.invite_guest(people.carys, "Hana Okafor", "hana@example.org", until)
    service.requests.ask(people.carys, [guest], ["referrals"], until)
    take(service, guest)
    clock.at = clock.at.replace(year=2027, month=5, day=25)
    assert going(service) == {}
    clock.forward(days=1)
    assert going(service) == {("person", "guests, 6 months after their last day"): 1}

    service.retention.run()

    (row,) = rows(service, person, person.c.id == guest)
    assert (row.name, row.email) == (ERASED, None)
    assert len(rows(service, attempt_objective)) == 7
    assert going(service) == {}
    assert service.audit.verify()


def test_people_who_left_go_after_six_years(service, people, clock):
    service.staff.leave(people.efua, people.amina, TODAY)
    clock.at = clock.at.replace(year=2032)
    assert going(service) == {}
    clock.forward(days=1)
    assert only(service) == "person"

    service.retention.run()

    assert rows(service, person, person.c.id == people.amina)[0].name == ERASED
    assert len(rows(service, person, person.c.name == ERASED)) == 1


def test_who_came_back_is_not_erased(service, people, clock):
    service.staff.leave(people.efua, people.amina, TODAY)
    service.staff.stay(people.efua, people.amina)
    clock.at = clock.at.replace(year=2040)

    assert going(service) == {}


def test_practice_and_what_was_never_handed_in_go_after_a_year(service, people, clock):
    counted = take(service, people.amina)
    take(service, people.amina, Mode.PRACTICE)
    service.attempts.start(people.bashir, "referrals", Mode.ASSURED)
    clock.at = clock.at.replace(year=2027)
    assert going(service) == {}
    clock.forward(days=1)
    assert list(going(service).values()) == [2]

    service.retention.run()

    assert [row.id for row in rows(service, attempt)] == [counted]
    assert {row.attempt_id for row in rows(service, answer)} == {counted}


def test_a_try_in_a_chat_goes_after_a_day(service, clock):
    with service.database.writing() as connection:
        connection.execute(
            insert(attempt).values(
                id=new_id(),
                chat_key="k" * 64,
                module="referrals",
                edition_id=service.editions.current("referrals").id,
                mode="practice",
                plan="[]",
                started_at=clock(),
            )
        )
    clock.forward(days=1, seconds=1)

    service.retention.run()

    assert rows(service, attempt) == []


def owed(service, clock, person_id, **given):
    made_id = new_id()
    values = {
        "id": made_id, "key": str(made_id), "person_id": person_id, "channel": "email",
        "kind": "digest", "goes_alone": True, "payload": "{}", "state": "sent", "tries": 1,
        "made_at": clock(), "next_try_at": clock(), "done_at": clock(), "trouble": "", **given,
    }  # fmt: skip
    with service.database.writing() as connection:
        connection.execute(insert(notice).values(**values))
    return made_id


def test_messages_go_after_two_years_but_not_while_they_are_owed(service, people, clock):
    digest = owed(service, clock, people.amina)
    owed(service, clock, people.amina, kind="overdue", goes_alone=False, digest_id=digest)
    waiting = owed(service, clock, people.amina, state="queued", digest_id=digest)
    clock.at = clock.at.replace(year=2028)
    assert going(service) == {}
    clock.forward(days=1)
    assert list(going(service).values()) == [2]

    service.retention.run()

    (row,) = rows(service, notice)
    assert (row.id, row.digest_id) == (waiting, None)


def test_what_was_deleted_is_in_the_trail_as_numbers(service, people, clock):
    service.sign_in.ask(AMINA)
    clock.forward(days=2)

    service.retention.run()

    *_, row = rows(service, audit)
    assert row.action == "retention.run"
    assert json.loads(row.details) == {"rows": {"account_session": 0, "account_waiting": 0,
                                                "attempt": 0, "chat_link": 0, "huddle": 0,
                                                "link_used": 0, "lti_launch": 0,
                                                "notice": 0, "pack": 0,
                                                "person": 0,
                                                "session_ended": 0,
                                                "sign_in": 1, "update_seen": 0}}  # fmt: skip


def test_what_is_told_beforehand_is_what_goes_of_each_table(service, people, history, clock):
    """Of people the rows stay, erased; what goes with an attempt is not told apart."""
    owed(service, clock, people.bashir)
    service.links.accept(service.links.payload(people.bashir), "telegram", "4711")
    service.links.leave("telegram", "4711")
    service.links.note_seen("telegram", 1)
    service.people.invite_guest(people.carys, "Hana Okafor", "hana@x.example", TODAY)
    service.packs.ask(people.efua, "", "")
    clock.at = clock.at.replace(year=2029)

    def left():
        counts = {name: len(rows(service, table)) for name, table in tables().items()}
        erased = len(rows(service, person, person.c.name == ERASED))
        return {**counts, "person": counts["person"] - erased}

    told: dict[str, int] = {}
    for one in service.retention.look():
        told[one.table] = told.get(one.table, 0) + one.rows
    before = left()
    assert {name for name, count in told.items() if count} == {
        *("attempt", "chat_link", "link_used", "notice", "pack", "person", "sign_in"),
        "update_seen",
    }

    done = service.retention.run()

    after = left()
    assert {name: before[name] - after[name] for name in told} == told
    assert sum(one.rows for one in done) == sum(told.values())
    assert going(service) == {}
    assert service.audit.verify()


def test_a_copy_tells_every_field_of_every_holding(service, people, history):
    """Of each table that has a row of hers, each field that is told is in the copy."""
    service.links.accept(service.links.payload(people.amina), "telegram", "4711")
    edition = service.editions.current("referrals")
    service.problems.report(edition.id, next(iter(edition.questions)), "A doubt.", people.amina)
    content, page = unpacked(service.own_data.copy(people.amina))

    kept = {one["what"]: one["rows"] for one in content["kept"]}
    filled = 0
    for holding in REGISTER:
        found = rows(service, table_of(holding), is_theirs(holding, people.amina))
        assert len(kept[holding.title]) == len(found), holding.title
        for row in kept[holding.title]:
            filled += 1
            assert set(holding.told_words) <= set(row)
        if found:
            part = page.split(f"<h2>{escape(holding.title)}</h2>")[1].split("<h2>")[0]
            assert all(f"<th>{escape(what)}</th>" in part for what in holding.told_words)
            assert part.count("<tr>") == 1 + len(found)
    assert filled > 50


def table_under(page, title):
    """A table of the page as dictionaries by title."""
    part = page.split(f"<h2>{escape(title)}</h2>")[1].split("<h2>")[0]
    titles = [unescape(words) for words in re.findall(r"<th>(.*?)</th>", part)]
    found = [
        [unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(<td>.*?)</tr>", part)
    ]
    return [dict(zip(titles, row, strict=True)) for row in found]


def test_the_page_to_read_says_in_words_what_belongs_to_which_attempt(service, people, clock):
    passes(service, people.amina)
    clock.forward(days=40)
    take(service, people.amina)
    service.standings.renew_cache(everything=True)
    module = service.editions.current("referrals").module

    _, page = unpacked(service.own_data.copy(people.amina))

    first, second = table_under(page, "What you took")
    assert first["the questionnaire"] == "Referrals"
    assert first["practice, or for the record"] == "for the record"
    assert first["which questions were drawn, in what order"].endswith(" questions")
    assert (first["passed or not"], second["passed or not"]) == ("passed", "not passed")
    assert first["the share of right answers"] == "100%"
    shown = table_under(page, "What an attempt showed")
    assert {row["the questionnaire"] for row in shown} == {"Referrals"}
    assert {row["attempt begun"] for row in shown} == {
        "21 November 2026, 09:00",
        "31 December 2026, 09:00",
    }
    assert {row["the area"] for row in shown} == set(module.objectives.values())
    beliefs = table_under(page, "Wrong beliefs that an attempt met")
    assert {row["the belief"] for row in beliefs} <= set(module.misconceptions.values())
    answered = table_under(page, "What you answered")
    asks = {question.ask for question in module.questions}
    assert {row["the question"] for row in answered} <= asks
    assert {row["right or wrong"] for row in answered} == {"right", "wrong"}
    (stands,) = table_under(page, "Where you stand")
    assert stands["worked out up to"] == "until something changes"
    (certificate,) = table_under(page, "Certificates")
    assert certificate["the areas"] == "; ".join(module.objectives.values())
    done = {row["what"] for row in table_under(page, "What you did, and what was done about you")}
    assert done == {"One person’s data exported"}
    for raw in ("9999", "[[", "referrals", "assured", *(q.id for q in module.questions)):
        assert raw not in page


def test_every_message_to_somebody_has_words_on_the_page_to_read():
    kinds = {*map(str, When), "sign-in", "digest", "to-manager", "to-lead", *DONE, TOLD, LATER}

    assert set(NOTICES) == kinds


def test_the_page_to_read_tells_a_confirmation_and_a_report_in_words(service, people):
    edition = service.editions.current("referrals")
    question = next(iter(edition.questions.values()))
    service.problems.report(edition.id, question.id, "A doubt.", people.amina)
    objectives = tuple(edition.module.objectives)[:2]
    draft = AttestationDraft("referrals", (people.amina,), objectives, ("discussion",), STATEMENT)
    service.attestations.make(people.carys, draft)

    _, page = unpacked(service.own_data.copy(people.amina))

    (confirmed,) = table_under(page, "Your understanding, as confirmed")
    titles = [edition.module.objectives[one] for one in objectives]
    assert confirmed["the areas"] == "; ".join(titles)
    assert confirmed["on what evidence"] == "A discussion with them"
    assert confirmed["which wording was confirmed"].startswith("I have looked at the evidence")
    (reported,) = table_under(page, "Problems that you reported")
    assert reported["the edition"] == f"Referrals, {edition.label}"
    assert reported["the question"] == question.ask


def test_a_preference_and_a_dispensation_are_erased(service, people, history, clock):
    with service.database.writing() as connection:
        connection.execute(
            insert(preference).values(person_id=people.amina, nudges=False, changed_at=clock())
        )
    leaves(service, people, clock)

    service.erasure.erase(people.amina)

    assert rows(service, preference) == []
    assert rows(service, dispensation) == []
