"""A refresher that shrinks, from the rule to the questions."""

from datetime import date

import pytest

from quizbot.chat.conversation import Conversation
from quizbot.chat.said import Heard
from quizbot.errors import Mend
from quizbot.rules.pick import Mode
from quizbot.rules.updates import Whom
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.standing.requirements import Draft
from tests import made
from tests.changed import answer_all, publish, renew, take, with_changes
from tests.gate.samples import easy


def rule(**given):
    return Draft(
        **{
            "unit": "Northmoor",
            "modules": ("tea",),
            "in_force_from": date(2026, 11, 21),
            "every_months": 12,
            "reason": "Kept fresh.",
            "refresher": "shrinking",
            **given,
        }
    )


def large():
    """Six areas with two questions each: too many to be guessed."""
    cups = {f"cup-{n}": [made.question(f"cup-{n}-{one}") for one in range(4)] for n in range(4)}
    asked = {**made.questions(), **cups}
    for question in (one for several in asked.values() for one in several):
        question["review_by"] = date(2030, 1, 1)
    return asked


def save(service, **given):
    draft = rule(**given)
    return service.rules.save(draft, draft.fingerprint)


@pytest.fixture
def fresh(service, people, clock):
    """Amina passed twice, with everything right; the rule shrinks."""
    publish(service, large())
    save(service)
    for _ in range(2):
        take(service, people.amina)
        clock.forward(days=30)
    return service


def asked(service, who):
    attempt_id = service.attempts.start(who, "tea", Mode.ASSURED)
    return service.attempts.turn(who, attempt_id, 1).total


def test_who_showed_all_of_it_twice_is_asked_half(fresh, people):
    shorter = fresh.attempts.before(people.amina, fresh.editions.current("tea")).shorter

    assert shorter.areas == tuple(large())
    assert asked(fresh, people.amina) == 6
    assert asked(fresh, people.bashir) == 12


def test_passing_it_renews_as_the_whole_does(fresh, people):
    take(fresh, people.amina)

    (duty,) = [duty for duty in fresh.duties.mine(people.amina) if duty.module == "tea"]
    assert duty.valid_until == date(2028, 1, 20)
    assert len(fresh.certificates.of(people.amina)) == 3


def test_who_misses_an_area_gets_all_its_questions_the_next_time(fresh, people, clock):
    take(fresh, people.amina, wrong=(1,))
    clock.forward(minutes=1)

    assert asked(fresh, people.amina) == 7


def test_practice_does_not_shrink(fresh, people):
    attempt_id = fresh.attempts.start(people.amina, "tea", Mode.PRACTICE)

    assert fresh.attempts.turn(people.amina, attempt_id, 1).total == 12


def test_too_long_after_the_last_all_of_it_is_asked(fresh, people, clock):
    clock.forward(days=365)

    assert asked(fresh, people.amina) == 12


def test_an_attempt_that_was_withdrawn_showed_nothing(fresh, people):
    taken = fresh.attempts.of(people.amina)[0].attempt_id

    fresh.withdrawals.withdraw(people.efua, people.amina, taken, "Somebody else took it.")

    assert asked(fresh, people.amina) == 12


def test_an_area_in_which_a_change_is_to_be_confirmed_keeps_its_questions(fresh, people, clock):
    known = with_changes(fresh)
    by_objective = large()
    for question in by_objective["water"][2:]:
        question["facts"] = ["X1"]
    publish(known, by_objective)
    take(known, people.amina)
    clock.forward(minutes=1)
    renew(by_objective["leaves"])
    publish(known, by_objective)
    everybody = ChangeDraft(
        change="c1", unit="Northmoor", due_on=date(2027, 3, 1), whom=Whom.EVERYBODY
    )
    known.changes.apply(everybody, everybody.fingerprint)

    shorter = known.attempts.before(people.amina, known.editions.current("tea")).shorter
    assert "leaves" not in shorter.areas
    assert len(shorter.areas) == 5

    answer_all(known, people.amina, known.updates.start(people.amina, "tea"))
    shorter = known.attempts.before(people.amina, known.editions.current("tea")).shorter
    assert "leaves" in shorter.areas


def test_a_chat_says_which_and_why(fresh, people):
    fresh.links.accept(fresh.links.payload(people.amina), "here", "1")

    said = Conversation(fresh).hear(Heard("here", "1", words="/take Tea making")).text

    assert "For you it is shorter: 6 questions instead of 12." in said
    assert "Know how hot the water is; Know how long leaves stay" in said


def test_the_preview_says_what_it_does_and_how_often_guessing_passes(service):
    publish(service, large())

    preview = service.rules.preview(rule())

    assert preview.words.endswith("and again every 12 months, shorter where it was shown twice.")
    assert any("is asked with half its questions" in line for line in preview.lines)
    assert any("At its shortest, guessing passes" in line for line in preview.lines)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"refresher": "none"}, "The refresher is full or shrinking, not 'none'."),
        ({"every_months": None}, "A refresher that shrinks needs a period"),
    ],
)
def test_what_makes_no_sense_is_said(service, given, words):
    publish(service, large())

    with pytest.raises(Mend, match=words):
        service.rules.preview(rule(**given))


def test_what_guessing_would_pass_cannot_shrink(service):
    service.editions.publish([made.bank(by_objective=easy(), must_knows={})], made.place())

    with pytest.raises(Mend, match="guessing would pass Tea making in 1000 of 1,000 attempts"):
        save(service)
