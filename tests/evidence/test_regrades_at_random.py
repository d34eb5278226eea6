"""Random attempts and decisions, in two orders: what comes of them is the same, and no loss."""

from random import Random

import pytest

from questions.bank import Bank
from quizbot.evidence.regrades import RegradeDraft
from quizbot.rules.regrading import Ruling
from quizbot.store.tables import answer, attempt
from tests.first_attempts import took
from tests.made import module, place
from tests.stored import rows

# Eight times the whole way is enough, and the database has no part in it.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ASKED = ("water-boil-1", "water-1", "leaves-1", "leaves-2")
MODULES = ("tea", "coffee")


@pytest.fixture
def editions(service):
    """The same edition of two questionnaires, one for each order of things."""
    made = [Bank(name, module(id=name, pass_share=0.66), ()) for name in MODULES]
    service.editions.publish(made, place())
    return [service.editions.current(name) for name in MODULES]


def replies(rng):
    return {id_: rng.choice(["a", "b", "b", "b", "c", ""]) for id_ in ASKED}


def decisions(rng):
    """Some, and one of them twice."""
    rulings = [rng.choice(list(Ruling)) for _ in range(3)]
    drawn = [
        (rng.choice(ASKED), ruling, rng.choice("ac") if ruling is Ruling.KEY else "")
        for ruling in rulings
    ]
    return [*drawn, drawn[0]]


def stored(service):
    """Every attempt and answer as it was kept, with what it came to."""
    return [rows(service, table) for table in (attempt, answer)]


def verdicts(service, people, name):
    """What each person's attempt comes to, with how each answer counts."""
    found = []
    for one in people:
        for line in service.attempts.of(one):
            if line.module == name:
                made = service.regrades.of_attempt(line.attempt_id)
                effects = sorted((id_, regraded.effect) for id_, regraded in made.items())
                found.append((line.passed, line.share, effects))
    return found


def certified(service, people, title):
    return [sum(one.title == title for one in service.certificates.of(p)) for p in people]


@pytest.mark.parametrize("seed", range(8))
def test_nobody_loses_and_the_order_of_facts_does_not_matter(service, people, editions, seed):
    rng = Random(seed)
    given = [replies(rng) for _ in range(12)]
    decided = decisions(rng)
    first, second = editions
    # Once all is taken and then decided; once some is taken in between, and the last decides first.
    early = took(service, first, given)
    before = verdicts(service, early, "tea")
    kept = stored(service)
    for question_id, ruling, reply in decided:
        draft = RegradeDraft(first.id, question_id, ruling, reply)
        service.regrades.decide(people.efua, draft, "It was faulty.")
    facts = stored(service)
    late = []
    for at, (question_id, ruling, reply) in enumerate(reversed(decided)):
        late += took(service, second, given[3 * at : 3 * at + 3])
        draft = RegradeDraft(second.id, question_id, ruling, reply)
        service.regrades.decide(people.efua, draft, "It was faulty.")
    list(service.regrades.night())

    after = verdicts(service, early, "tea")

    assert facts == kept
    assert verdicts(service, late, "coffee") == after
    for (passed, share, _), (passes, shares, _) in zip(before, after, strict=True):
        assert passes >= passed
        assert shares >= share
    assert certified(service, early, "Tea making") == certified(service, late, "Tea making")


@pytest.mark.parametrize("seed", range(4))
def test_a_later_edition_is_not_touched_whatever_is_decided(service, people, editions, seed):
    rng = Random(seed)
    first, _ = editions
    for question_id, ruling, reply in decisions(rng):
        draft = RegradeDraft(first.id, question_id, ruling, reply)
        service.regrades.decide(people.efua, draft, "It was faulty.")
    later = Bank("tea", module(pass_share=0.66, edition="2026.2"), ())
    service.editions.publish([later], place())
    mine = took(service, service.editions.current("tea"), [replies(rng) for _ in range(12)])
    before = verdicts(service, mine, "tea")

    list(service.regrades.night())

    assert verdicts(service, mine, "tea") == before
    assert all(not effects for _, _, effects in before)
