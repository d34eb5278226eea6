"""What managers confirm: on what evidence, withdrawn but never edited, and the person's word."""

import json

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import NotAllowed, NotFound, OutOfDate, Refused
from quizbot.evidence.attestations import STATEMENT, STATEMENTS, AttestationDraft
from quizbot.rules.pick import Mode
from quizbot.store.tables import attestation, audit, notice


@pytest.fixture
def take(service):
    """Hands in an assured attempt; `wrong_in` names an area in which an answer is wrong."""

    def take(person_id, wrong_in=""):
        attempts = service.attempts
        attempt_id = attempts.start(person_id, "referrals", Mode.ASSURED)
        for number in range(1, 15):
            turn = attempts.turn(person_id, attempt_id, number)
            right = turn.question.key
            if turn.question.objective == wrong_in:
                right = right[::-1] if turn.question.menus else wrong(turn.question)
            attempts.answer(person_id, attempt_id, number, turn.question.shown(right, turn.order))
        attempts.submit(person_id, attempt_id)
        return attempt_id

    return take


def wrong(question):
    """A letter that alone is not the key."""
    return next(one for one in question.letters if one != question.key)


def draft(person_id, **changes):
    """Something to confirm after a discussion."""
    usual = {
        "module": "referrals",
        "people": (person_id,),
        "objectives": ("consent",),
        "evidence": ("discussion",),
        "statement": STATEMENT,
        "note": "We talked about two examples.",
    }
    return AttestationDraft(**(usual | changes))


def test_a_confirmation_says_who_what_on_which_evidence_and_when(service, carys, amina):
    made = service.attestations.make(carys, draft(amina))

    (said,) = service.attestations.mine(amina)
    assert (made.made, made.already) == (1, 0)
    assert (said.by, said.made_on.isoformat()) == ("Carys Evans", "2026-11-21")
    assert said.objectives == (
        "Know when to seek agreement, when to inform, and when to do neither first",
    )
    assert said.evidence == ("A discussion with them",)
    assert (said.version, said.statement) == (STATEMENT, STATEMENTS[STATEMENT])


def test_the_same_on_the_same_day_is_written_once(service, carys, amina, clock):
    service.attestations.make(carys, draft(amina))

    again = service.attestations.make(carys, draft(amina))
    clock.forward(days=1)
    service.attestations.make(carys, draft(amina))

    assert (again.made, again.already) == (0, 1)
    assert len(service.attestations.mine(amina)) == 2


def test_nobody_elses_people_can_be_confirmed_not_even_one_among_many(service, carys, people):
    with pytest.raises(NotFound):
        service.attestations.make(carys, draft(people.amina, people=(people.amina, people.bashir)))
    with pytest.raises(NotFound):
        service.attestations.make(carys, draft(carys))  # nor oneself
    with pytest.raises(NotAllowed):
        service.attestations.make(people.amina, draft(people.bashir))

    assert service.attestations.mine(people.amina) == ()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"people": ()}, "at least one person"),
        ({"objectives": ()}, "at least one area"),
        ({"objectives": ("consent", "no-such")}, "has changed"),
        ({"evidence": ()}, "Tick what you have looked at"),
        ({"evidence": ("hearsay",)}, "one of the kinds"),
        ({"statement": "2020-9"}, "statement has changed"),
        ({"note": "x" * 301}, "Shorten this to 300 characters: it has 301"),
        ({"note": "turned \u202e round"}, "cannot be shown"),
        ({"note": "nul \0"}, "cannot be shown"),
        ({"evidence": ("quiz", "discussion")}, "has not taken this questionnaire"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(service, carys, amina, changes, refusal):
    with pytest.raises(Refused, match=refusal):
        service.attestations.make(carys, draft(amina, **changes))

    assert service.attestations.mine(amina) == ()


def test_an_unknown_questionnaire_is_not_found(service, carys, amina):
    with pytest.raises(NotFound):
        service.attestations.make(carys, draft(amina, module="no-such"))


def test_the_questionnaire_alone_confirms_only_what_it_showed(service, carys, amina, take):
    take(amina, wrong_in="consent")

    with pytest.raises(Refused, match="did not show all of these areas"):
        service.attestations.make(carys, draft(amina, evidence=("quiz",)))
    shown = draft(amina, evidence=("quiz",), objectives=("recognise",))

    assert service.attestations.make(carys, shown).made == 1
    assert service.attestations.make(carys, draft(amina, evidence=("discussion", "quiz"))).made == 1


def test_the_attempt_that_was_looked_at_is_kept_with_it(service, carys, amina, take):
    attempt_id = take(amina)

    service.attestations.make(carys, draft(amina, evidence=("quiz",)))

    with service.database.reading() as connection:
        assert connection.execute(select(attestation.c.attempt_id)).scalar_one() == attempt_id


def test_a_withdrawn_one_stays_with_its_reason(service, carys, amina):
    service.attestations.make(carys, draft(amina))
    (said,) = service.attestations.mine(amina)

    service.attestations.withdraw(carys, said.attestation_id, "Written for the wrong person.")

    (now,) = service.attestations.mine(amina)
    assert now.reason == "Written for the wrong person."
    assert (now.statement, now.objectives, now.note) == (said.statement, said.objectives, said.note)
    with pytest.raises(Refused, match="withdrawn before"):
        service.attestations.withdraw(carys, said.attestation_id, "Another reason.")


def test_only_who_made_it_and_who_answers_for_the_person_withdraw(service, carys, people):
    service.attestations.make(carys, draft(people.amina))
    (said,) = service.attestations.mine(people.amina)

    for other in (people.amina, people.bashir, people.dylan):
        with pytest.raises(NotFound):
            service.attestations.withdraw(other, said.attestation_id, "No.")
    with pytest.raises(Refused, match="Say why"):
        service.attestations.withdraw(carys, said.attestation_id, " \n ")
    service.attestations.withdraw(people.efua, said.attestation_id, "As lead.")

    assert service.attestations.mine(people.amina)[0].withdrawn_on is not None


def test_a_comment_is_made_once_by_the_person_alone(service, carys, people):
    service.attestations.make(carys, draft(people.amina))
    (said,) = service.attestations.mine(people.amina)

    for other in (carys, people.bashir):
        with pytest.raises(NotFound):
            service.attestations.comment(other, said.attestation_id, "Not mine.")
    service.attestations.comment(people.amina, said.attestation_id, "I see it so too.")
    with pytest.raises(Refused, match="commented on it before"):
        service.attestations.comment(people.amina, said.attestation_id, "Or not.")

    seen = service.attestations.one(carys, said.attestation_id)
    assert (seen.comment, seen.may_comment) == ("I see it so too.", False)


def test_who_may_not_see_the_person_does_not_find_it(service, carys, people):
    service.attestations.make(carys, draft(people.amina))
    (said,) = service.attestations.mine(people.amina)

    with pytest.raises(NotFound):
        service.attestations.one(people.dylan, said.attestation_id)
    assert service.attestations.one(people.efua, said.attestation_id).can_be_withdrawn


def test_each_act_is_on_record_by_ids_and_the_person_is_owed_a_message(service, carys, amina):
    service.attestations.make(carys, draft(amina))
    (said,) = service.attestations.mine(amina)
    service.attestations.comment(amina, said.attestation_id, "Thank you.")
    service.attestations.withdraw(carys, said.attestation_id, "A slip.")

    with service.database.reading() as connection:
        rows = connection.execute(
            select(audit).where(audit.c.action.startswith("attestation.")).order_by(audit.c.number)
        ).all()
        owed = connection.execute(select(notice).where(notice.c.kind == "confirmed")).all()
    assert [row.action.partition(".")[2] for row in rows] == ["make", "comment", "withdraw"]
    assert not any(word in row.details for row in rows for word in ("Thank", "slip", "Amina"))
    assert [(row.person_id, json.loads(row.payload)["module"]) for row in owed] == [
        (amina, "referrals")
    ]


def test_a_manager_by_grant_confirms_too(service, people):
    service.people.grant("efua@northmoor.example", Role.MANAGER, "Northmoor/Police")

    assert service.attestations.make(people.efua, draft(people.bashir)).made == 1


def test_a_form_lists_people_with_what_the_questionnaire_showed(service, carys, amina, take):
    take(amina, wrong_in="consent")

    (one,) = service.attestations.blank(carys, "referrals").candidates

    assert (one.name, len(one.shown), len(one.results)) == ("Amina Rahman", 6, 7)


def test_an_old_statement_is_refused_so_that_nobody_signs_what_they_did_not_read(
    service, carys, amina
):
    with pytest.raises(OutOfDate):
        service.attestations.make(carys, draft(amina, statement=""))
