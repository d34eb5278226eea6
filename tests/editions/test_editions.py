"""Publishing: what becomes an edition, which one is current, and what may be drawn from it."""

import json
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from questions.bank import Bank, read_banks
from questions.module import Module
from quizbot.editions.editions import resolve
from quizbot.errors import NotFound, NotOffered
from quizbot.rules.pick import Mode, make_plan, may_ask
from quizbot.service import open_service
from quizbot.store.tables import edition, publication
from tests import made
from tests.conftest import settings_for
from tests.made import TODAY

POT = made.place(teapot="the brown pot", kettle="the kettle")


def publish(service, module, place=POT):
    """Put a module before people; whether that made something new."""
    (done,) = service.editions.publish([Bank(module.id, module, ())], place)
    return done.is_new


def slotted(**changes):
    """A module whose questions name the teapot, and one of them the kettle."""
    by_objective = made.questions()
    for n, question in enumerate(by_objective["leaves"]):
        question["ask"] = f"Where do leaves {n} go in {{teapot}}?"
    by_objective["leaves"][0]["because"] = "Because {kettle} stands there."
    return made.module(by_objective, **changes)


def rows(service):
    with service.database.reading() as connection:
        return tuple(
            connection.execute(
                select(func.count()).select_from(t).where(t.c.module == "tea")
            ).scalar_one()
            for t in (edition, publication)
        )


def test_publishing_twice_publishes_once(service):
    assert publish(service, slotted())
    fingerprint = service.editions.current("tea").fingerprint

    assert not publish(service, slotted())

    assert service.editions.current("tea").fingerprint == fingerprint
    assert rows(service) == (1, 1)


def test_slots_are_filled_when_publishing(service):
    publish(service, slotted())

    asked = service.editions.current("tea").questions
    assert asked["leaves-1"].ask == "Where do leaves 0 go in the brown pot?"
    assert asked["leaves-1"].because == "Because the kettle stands there."


def test_a_changed_setting_makes_a_new_edition_and_needs_no_new_signature(service, clock):
    publish(service, slotted())
    clock.forward(minutes=1)

    assert publish(service, slotted(), made.place(teapot="the white pot", kettle="the kettle"))

    with service.database.reading() as connection:
        prints = connection.execute(
            select(edition.c.fingerprint, edition.c.content_fingerprint).where(
                edition.c.module == "tea"
            )
        ).all()
    assert len({served for served, _ in prints}) == 2
    assert len({content for _, content in prints}) == 1


def test_a_setting_that_nothing_names_changes_nothing(service):
    publish(service, slotted())
    more = made.place(teapot="the brown pot", kettle="the kettle", biscuits="in the tin")

    assert not publish(service, slotted(), more)


def test_going_back_serves_the_earlier_edition_again(service, clock):
    place = made.place(teapot="the white pot", kettle="the kettle")
    publish(service, slotted())
    first = service.editions.current("tea")
    clock.forward(minutes=1)
    publish(service, slotted(), place)
    clock.forward(minutes=1)

    assert publish(service, slotted())

    assert service.editions.current("tea") == first
    assert rows(service) == (2, 3)


def test_another_process_sees_the_new_edition_at_once(service, database_url, tmp_path, clock):
    other = open_service(settings_for(database_url, tmp_path), clock)
    publish(service, slotted())
    assert other.editions.current("tea").label == "2026.1"
    clock.forward(minutes=1)

    publish(service, slotted(edition="2026.2", changes=[change("2026.1"), change("2026.2")]))

    assert other.editions.current("tea").label == "2026.2"
    other.close()


def change(label):
    return {"edition": label, "date": TODAY, "what": "Something."}


def test_an_open_attempt_keeps_its_edition(service, amina, clock):
    publish(service, slotted())
    attempt = service.attempts.start(amina, "tea", Mode.ASSURED)
    before = [service.attempts.turn(amina, attempt, n) for n in range(1, 5)]
    clock.forward(minutes=1)
    by_objective = {
        "water": made.questions()["water"][:2],
        "leaves": made.questions()["leaves"][:1],
    }
    publish(service, made.module(by_objective, questions_per_objective=1))

    assert [service.attempts.turn(amina, attempt, n) for n in range(1, 5)] == before
    service.attempts.submit(amina, attempt)
    assert (
        service.attempts.result(amina, attempt).edition.fingerprint == before[0].edition.fingerprint
    )
    later = service.attempts.start(amina, "tea", Mode.ASSURED)
    assert service.attempts.turn(amina, later, 1).total == 2


def test_what_was_published_reads_back_as_it_was(service):
    publish(service, slotted())

    assert service.editions.current("tea").module == resolve(slotted(), POT)


def test_a_bank_with_faults_leaves_the_old_edition_served(service, tmp_path, clock):
    folder = made.write_bank(tmp_path / "banks")
    service.editions.publish(read_banks(folder, POT, TODAY), POT)
    before = service.editions.current("tea")
    clock.forward(minutes=1)
    by_objective = made.questions()
    by_objective["water"][0]["sources"] = [{"id": "nowhere", "at": "p. 1"}]
    made.write_bank(folder, by_objective, title="Tea making, again")

    (bank,) = read_banks(folder, POT, TODAY)
    assert bank.has_faults
    assert service.editions.publish([bank], POT) == []

    assert service.editions.current("tea") == before


def test_nobody_is_shown_a_slot_that_is_not_filled(tmp_path):
    folder = made.write_bank(tmp_path / "banks", summary="Tea from {teapot}.")

    assert not read_banks(folder, POT, TODAY)[0].has_faults
    assert read_banks(folder, made.place(teapot=""), TODAY)[0].has_faults


def test_an_unknown_module_is_not_found(service, amina):
    for look in (
        lambda: service.editions.current("coffee"),
        lambda: service.editions.offer("\0"),
        lambda: service.editions.offer("\ud800"),
        lambda: service.attempts.start(amina, "coffee", Mode.PRACTICE),
        lambda: service.try_out.start("coffee"),
    ):
        with pytest.raises(NotFound):
            look()


def test_modules_come_in_the_order_of_the_procedures(service):
    for id_, title in (("zebra", "A zebra"), ("core-groups", "Core groups"), ("ant", "An ant")):
        publish(service, made.module(id=id_, title=title))

    assert [e.module.id for e in service.editions.all_current()] == [
        "referrals",
        "core-groups",
        "zebra",
        "ant",
    ]


# What may be drawn

STATES = {
    "filled": ("the pot", date(2030, 1, 1)),
    "today": ("the pot", TODAY),
    "stale": ("the pot", TODAY - timedelta(days=1)),
    "empty": ("", date(2030, 1, 1)),
    "missing": None,
    "on": (True, date(2030, 1, 1)),
    "off": (False, date(2030, 1, 1)),
    "stale switch": (True, TODAY - timedelta(days=1)),
}


# Wherever a question names a setting, nobody is to read it unfilled.
PLACES = ("because", "ask", "scenario", "text", "why")


def naming(id_, where, slot):
    """A question that names a setting in one of its texts."""
    words = f"In {{{slot}}} stands the pot."
    if where not in ("text", "why"):
        return made.question(id_, **{where: words})
    question = made.question(id_)
    question["option"][0][where] = words
    return question


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(STATES)), st.sampled_from(PLACES)), min_size=4, max_size=4
    ),
    st.sampled_from(Mode),
    st.integers(0, 3),
    st.integers(0, 2**64),
)
def test_unfilled_and_stale_slots_and_switches_that_are_off_are_never_drawn(
    states, mode, days, seed
):
    given_ = {f"slot_{n}": STATES[state] for n, (state, _) in enumerate(states) if STATES[state]}
    by_objective = made.questions()
    for n, (state, where) in enumerate(states):
        by_objective["leaves"].append(
            made.question(f"with-{n}", needs=[f"slot_{n}"])
            if state in ("on", "off", "stale switch")
            else naming(f"with-{n}", where, f"slot_{n}")
        )
    today = TODAY + timedelta(days=days)

    plan = make_plan(
        resolve(made.module(by_objective), made.place(**given_)), mode, today, {}, Random(seed)
    )

    drawn = {planned.question_id for planned in plan}
    for n, (state, _) in enumerate(states):
        stands = state in ("filled", "on") or (state == "today" and days == 0)
        if not stands:
            assert f"with-{n}" not in drawn


def test_a_question_that_is_not_asked_here_says_why():
    by_objective = made.questions()
    by_objective["leaves"][0]["because"] = "In {teapot} by {kettle}."
    by_objective["leaves"][1]["needs"] = ["is_open"]

    module = resolve(made.module(by_objective), made.place(kettle="the kettle", is_open=False))

    held = {question.id: question.held for question in module.questions if question.held}
    assert held == {
        "leaves-1": "not filled in here: teapot",
        "leaves-2": "not switched on here: is_open",
    }


def test_a_module_short_of_questions_is_practice_only_and_says_why(service, amina):
    by_objective = made.questions()
    for question in by_objective["leaves"][:3]:
        question["check"] = "Ask Ida."
    publish(service, made.module(by_objective))

    offer = service.editions.offer("tea")
    assert "Know how long leaves stay" in offer.practice_only
    assert offer.cannot_practise == ""
    with pytest.raises(NotOffered):
        service.attempts.start(amina, "tea", Mode.ASSURED)
    assert service.attempts.start(amina, "tea", Mode.PRACTICE)


def test_a_module_becomes_practice_only_the_day_after_its_questions_were_to_be_reviewed(
    service, clock
):
    by_objective = made.questions()
    for question in by_objective["water"]:
        question["review_by"] = TODAY
    publish(service, made.module(by_objective))
    assert service.editions.offer("tea").practice_only == ""

    clock.forward(days=1)

    assert "Know how hot the water is" in service.editions.offer("tea").practice_only


def test_a_module_that_cannot_be_asked_at_all_says_so(service, amina):
    by_objective = made.questions()
    for question in by_objective["leaves"]:
        question["needs"] = ["is_open"]
    publish(service, made.module(by_objective))

    assert service.editions.offer("tea").cannot_practise
    for start in (
        lambda: service.attempts.start(amina, "tea", Mode.PRACTICE),
        lambda: service.try_out.start("tea"),
    ):
        with pytest.raises(NotOffered):
            start()


def test_an_edition_never_loses_a_field_on_its_way_through_the_database():
    module = slotted()

    assert Module.model_validate_json(module.model_dump_json(by_alias=True)) == module


def test_an_edition_holds_what_it_rests_on_and_what_was_decided(service, tmp_path):
    change = {"change": "c1", "verdict": "stands", "why": "It asks the new rule already."}
    by_objective = made.questions()
    by_objective["water"][0]["decision"] = [change]
    by_objective["water"][1]["undecided_from"] = TODAY
    pot = {"id": "the-pot", "edition": "second"}
    sources = {"pot": {**made.HEAD["sources"]["pot"], "document": pot}}

    publish(service, made.module(by_objective, sources=sources))

    held = service.editions.current("tea")
    assert held.module.sources["pot"].document.id == "the-pot"
    assert held.questions["water-boil-1"].decisions[0].change == "c1"
    assert not may_ask(held.questions["water-boil-2"], Mode.ASSURED, TODAY)


def test_an_edition_from_before_changes_were_known_can_still_be_asked(service):
    publish(service, made.module())
    content = json.loads(one_content(service))
    for question in content["questions"]:
        del question["decision"], question["undecided_from"]
    for source in content["sources"].values():
        del source["document"]
    with service.database.writing() as connection:
        connection.execute(
            update(edition).where(edition.c.module == "tea").values(content=json.dumps(content))
        )

    found = service.editions.current("tea")

    assert make_plan(found.module, Mode.ASSURED, TODAY, {}, Random(0)) is not None


def one_content(service):
    with service.database.reading() as connection:
        query = select(edition.c.content).where(edition.c.module == "tea")
        return connection.execute(query).scalar_one()
