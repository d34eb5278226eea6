"""What a guide for a conversation says of a team and of one person, and what it keeps back."""

import re

import pytest

from questions.bank import Bank
from quizbot.errors import NotAllowed, NotFound
from quizbot.evidence.talking_points import talk_about
from tests.gate.samples import TODAY
from tests.shipped import every_bank

NO_NAMES = set(
    "benefits black caldicott december england friday january june monday mummy ofsted panel"
    " principles saturday september sunday suppose thursday tuesday wednesday wellbeing".split()
)


def test_the_three_areas_least_shown_come_first(service, carys, team, took):
    took(team[0], missed=("escalate", "consent"))
    took(team[1], missed=("escalate", "consent", "next-steps"))
    took(team[2], missed=("escalate",))

    guide = service.guides.of(carys, "referrals")

    titles = service.editions.current("referrals").module.objectives
    assert [talk.title for talk in guide.talks] == [
        titles[name] for name in ("escalate", "consent", "next-steps")
    ]
    assert [(talk.shown, talk.took) for talk in guide.talks] == [(0, 3), (1, 3), (2, 3)]


def test_each_area_has_a_question_an_answer_a_case_and_something_to_read(service, carys, team):
    for talk in service.guides.of(carys, "referrals").talks:
        assert talk.ask.endswith("?")
        assert "these" not in talk.ask.lower().split()
        assert all(talk.contains)
        assert talk.contains or talk.listen_for
        assert talk.scenario
        assert 0 < len(talk.read) <= 4


@pytest.fixture
def shipped():
    """The eight modules as they are shipped, by id."""
    return {bank.id: bank.module for bank in every_bank() if bank.module}


def first_names(modules):
    """Who is in the stories: a word with a capital that is nowhere written small, or has an age."""
    questions = [question for module in modules for question in module.questions]
    stories = " ".join(one.scenario for one in questions)
    words = " ".join(f"{one.scenario} {one.ask} {one.because}" for one in questions)
    small = set(re.findall(r"\b[a-z]+\b", words)) | NO_NAMES
    capitals = set(re.findall(r"\b[A-Z][a-z]+\b", stories))
    with_an_age = set(re.findall(r"\b([A-Z]\w+), aged", stories))
    return {word for word in capitals if word.lower() not in small} | with_an_age


def words_of(*texts):
    """The words of some texts, each once."""
    return set(re.findall(r"\w+", " ".join(texts)))


def test_no_talk_of_any_objective_names_whom_its_page_does_not_introduce(shipped):
    names = first_names(shipped.values())
    assert len(shipped) == 8
    assert {"Jamal", "Amara", "Noor", "Leila", "Zain"} <= names

    for module in shipped.values():
        for objective in module.objectives:
            talk = talk_about(module, objective, 0, 1, TODAY)

            of_no_case = words_of(talk.title, talk.ask, *talk.contains)
            of_the_case = words_of(talk.then, talk.listen_for) - words_of(talk.scenario)
            assert not of_no_case & names, objective
            assert not of_the_case & names, objective
            assert talk.listen_for, objective


def test_a_good_answer_is_made_of_what_every_case_has_in_common(shipped):
    module = shipped["referrals"]

    essential = talk_about(module, "recognise", 0, 1, TODAY)
    general = talk_about(module, "next-steps", 0, 1, TODAY)
    of_a_case = talk_about(module, "thresholds", 0, 1, TODAY)

    assert essential.contains == (module.must_knows["immediate-danger"].says,)
    (asked,) = [q for q in module.questions if q.ask == general.ask]
    assert general.contains == (asked.because,)
    assert of_a_case.contains == ()
    (told,) = [q for q in module.questions if q.scenario == of_a_case.scenario]
    assert (of_a_case.then, of_a_case.listen_for) == (told.ask, told.because)


def test_a_case_that_may_not_count_is_not_shown(service, carys, team):
    module = service.editions.current("referrals").module
    held = tuple(
        question.model_copy(update={"check": "Ask the lead."} if question.scenario else {})
        for question in module.questions
    )
    changed = module.model_copy(update={"questions": held})
    service.editions.publish([Bank(module.id, changed, ())], service.place)

    talks = service.guides.of(carys, "referrals").talks

    assert [talk.scenario for talk in talks] == ["", "", ""]


def test_who_has_not_taken_it_and_of_whom_it_is_not_required_are_told_apart(
    service, carys, team, took
):
    took(team[0])
    service.requests.ask(carys, team[1:3], ["referrals"], service.today())

    guide = service.guides.of(carys, "referrals")

    assert (guide.people, guide.took, len(guide.not_taken), guide.not_required) == (9, 1, 8, 6)


def test_only_the_latest_attempt_speaks(service, carys, team, took, clock):
    for person_id in team:
        took(person_id, missed=("consent",), met=True)
    clock.forward(days=1)
    for person_id in team:
        took(person_id)

    guide = service.guides.of(carys, "referrals")

    assert {talk.shown for talk in guide.talks} == {8}


def test_one_persons_guide_never_tells_a_belief(service, carys, team, took):
    for person_id in team:
        took(person_id, missed=("consent",), met=True)
    service.counting.month(TODAY)

    guide = service.guides.of(carys, "referrals", team[0])

    assert (guide.name, guide.people, guide.took) == ("Person 00", 1, 1)
    assert not guide.tells_beliefs
    assert guide.beliefs == ()
    assert (guide.talks[0].shown, guide.talks[0].took) == (0, 1)


def test_a_guide_is_for_ones_own_people(service, people):
    with pytest.raises(NotAllowed):
        service.guides.of(people.amina, "referrals")
    with pytest.raises(NotFound):
        service.guides.of(people.carys, "referrals", people.bashir)
    with pytest.raises(NotFound):
        service.guides.of(people.carys, "no-such")
