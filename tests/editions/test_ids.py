"""An id that was once another question's is caught against what has been published."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.bank import Bank
from questions.place import Place, Setting
from quizbot.editions.editions import resolve
from quizbot.editions.ids import used_again
from quizbot.rules.pick import Mode, may_ask
from tests import made
from tests.made import TODAY

POT = made.place(teapot="the brown pot")


def publish(service, clock, **by_objective):
    """Put tea before people, with these questions in place of its own."""
    module = made.module({**made.questions(), **by_objective})
    service.editions.publish([Bank("tea", module, ())], POT)
    clock.forward(minutes=1)


def again(service, id_="tea", files=None, **by_objective):
    module = made.module({**made.questions(), **by_objective}, id=id_)
    bank = Bank(id_, module, (), files or {})
    return [str(finding) for finding in used_again(service.editions, bank, POT)]


def leaves(**changes):
    """Four questions, the first of them changed."""
    return [made.question("leaves-1", **changes), *made.questions()["leaves"][1:]]


GONE = {"edition": "2026.1", "why": "The law has changed."}


@pytest.mark.parametrize(
    "gone", [leaves(withdrawn=GONE), made.questions()["leaves"][1:]], ids=["withdrawn", "removed"]
)
def test_a_question_that_went_comes_back_as_it_was_or_not_at_all(service, clock, gone):
    publish(service, clock)
    publish(service, clock, leaves=gone)

    assert again(service, leaves=gone) == []
    assert again(service, leaves=leaves(because="Said in other words.")) == []
    (line,) = again(service, leaves=leaves(ask="Where does the spoon go?"))
    assert line == (
        "tea/leaves.toml, leaves-1: this id stood for another question in edition 2026.1 of tea:"
        " give this one an id of its own, for what people answered must mean the same for ever"
        " [id]"
    )


def test_a_question_that_has_been_asked_all_along_may_be_mended(service, clock):
    publish(service, clock)

    assert again(service, leaves=leaves(ask="How long do the leaves stay in?")) == []


def test_an_id_that_another_module_had_is_not_taken(service, clock):
    publish(service, clock)

    found = again(service, "coffee")

    assert len(found) == 8
    assert all("of tea: give this one an id of its own" in line for line in found)


def test_what_is_wrong_in_a_local_file_is_told_there(service, clock):
    publish(service, clock)
    publish(service, clock, leaves=leaves(withdrawn=GONE))

    (line,) = again(service, leaves=leaves(ask="Where?"), files={"leaves-1": "here/tea.toml"})

    assert line.startswith("here/tea.toml, leaves-1: this id stood for another question")


def test_nothing_is_told_of_a_bank_that_cannot_be_read(service):
    assert list(used_again(service.editions, Bank("tea", None, ()), POT)) == []


def test_two_slots_that_read_the_same_here_hold_a_question_and_crash_nothing(service, clock):
    same = made.question("leaves-1")
    for option, slot in zip(same["option"], ("{teapot}", "{kettle}", "The tap"), strict=True):
        option["text"] = slot
    module = made.module({**made.questions(), "leaves": [same, *made.questions()["leaves"][1:]]})
    place = made.place(teapot="The pot", kettle="The pot")

    service.editions.publish([Bank("tea", module, ())], place)

    held = service.editions.current("tea").questions["leaves-1"].held
    assert held.startswith("with this place's words for teapot, kettle: ")


NAMES = st.sampled_from(["one", "two", "three"])
VALUES = st.sampled_from(["", "The pot", "The kettle", "On the shelf"])
DAYS = st.dates(date(2026, 11, 15), date(2026, 11, 27))


@given(
    st.dictionaries(st.sampled_from(["one", "two", "three"]), st.tuples(VALUES, DAYS)),
    st.lists(
        st.lists(st.sampled_from(["one", "two", "three"]), max_size=3, unique=True), max_size=8
    ),
    DAYS,
    st.sampled_from(Mode),
)
def test_whatever_a_place_holds_no_question_is_asked_with_a_slot_open_stale_or_twice_the_same(
    settings, slots, today, mode
):
    place = Place(
        {
            name: Setting(type="text", value=value, owner="Ida", review_by=day)
            for name, (value, day) in settings.items()
        }
    )
    asked = [made.question(f"leaves-{n}") for n in range(len(slots))]
    for question, names in zip(asked, slots, strict=True):
        for option, name in zip(question["option"], names, strict=False):
            option["text"] = f"{{{name}}}"
    module = made.module({"water": made.questions()["water"], "leaves": asked}, id="tea")

    resolved = {question.id: question for question in resolve(module, place).questions}

    for question, names in zip(asked, slots, strict=True):
        served = resolved[question["id"]]
        used = [settings.get(name, ("", TODAY)) for name in names]
        stands = all(value and day >= today for value, day in used)
        if may_ask(served, mode, today):
            assert stands
            texts = {served.text_of(letter) for letter in served.letters}
            assert len(texts) == 3
            assert not any("{" in text for text in texts)
