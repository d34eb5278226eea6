"""How each kind of question reads a reply, marks it and tells about it."""

from random import Random

import pytest
from pydantic import TypeAdapter

from questions.kinds import BadReply, Choice, Input, Question
from quizbot.rules.pick import Mode, make_plan
from tests.gate.samples import OPTIONS, TODAY, checked, in_order, match, question

STEPS = ("A call", "A decision", "A visit", "A plan")
PAIRS = (("Refers", "The nurse"), ("Decides", "The council"), ("Investigates", "The police"))


def built(raw):
    return TypeAdapter(Question).validate_python(raw)


@pytest.fixture
def one_of():
    return built(question())


@pytest.fixture
def several_of():
    options = question(kind="several-of", right=2)["option"]
    options[0]["missed"] = "it-can-wait"
    return built(question(kind="several-of", option=options))


@pytest.fixture
def steps():
    return built(in_order(*STEPS, mixup=[{"swap": [3, 2], "misconception": "plan-first"}]))


@pytest.fixture
def pairs():
    return built(match(*PAIRS, mixup=[{"swap": [1, 3], "misconception": "police-refer"}]))


def test_a_reply_is_kept_in_the_banks_letters_and_shown_in_the_persons(one_of):
    reply = one_of.read(("b",), "dacb")

    assert reply == "a"
    assert one_of.shown(reply, "dacb") == ("b",)
    assert one_of.choices("dacb")[1] == Choice("b", OPTIONS[0])
    assert one_of.input is Input.ONE
    assert one_of.mark(reply).is_right
    assert one_of.menus == ()
    assert one_of.may_show("abcd")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ((), "Select one answer"),
        (("a", "b"), "Select one answer"),
        (("e",), "Select one of the answers shown"),
    ],
)
def test_one_of_asks_for_one_answer(one_of, reply, told):
    with pytest.raises(BadReply, match=told):
        one_of.read(reply, "abcd")


def test_several_of_is_right_only_with_exactly_the_key(several_of):
    assert several_of.input is Input.SEVERAL
    assert several_of.read(("c", "a", "c"), "dacb") == "cd"
    assert several_of.mark("ab").is_right
    assert not several_of.mark("a").is_right
    assert not several_of.mark("abc").is_right
    assert several_of.mark("").misconceptions == ()
    assert several_of.mark("bc").misconceptions == ("it-can-wait",)
    with pytest.raises(BadReply, match="Select all the answers that apply"):
        several_of.read((), "abcd")


def test_each_option_is_told_with_its_verdict(several_of):
    verdicts = [line.verdict for line in several_of.lines("ac", "dcba")]

    assert verdicts == ["left out, rightly", "chosen, wrong", "missed", "chosen, right"]


def test_numbers_keep_their_order():
    assert built(question(options=("1 day", "2 days", "3 days", "4 days"))).keeps_order
    assert not built(question()).keeps_order


def test_steps_are_put_in_places(steps):
    assert steps.input is Input.MENUS
    assert steps.menus == ("Place 1", "Place 2", "Place 3", "Place 4")
    assert steps.read(("b", "d", "a", "c"), "cadb") == "abcd"
    assert steps.shown("abcd", "cadb") == ("b", "d", "a", "c")
    assert steps.mark("abcd").is_right
    assert not steps.mark("abdc").is_right
    assert steps.beliefs() == ("plan-first",)


def test_pairs_are_put_together(pairs):
    assert pairs.menus == ("Refers", "Decides", "Investigates")
    assert [choice.text for choice in pairs.choices("cab")] == [
        "The police",
        "The nurse",
        "The council",
    ]
    assert pairs.read(("b", "c", "a"), "cab") == "abc"
    assert pairs.mark("abc").is_right
    assert not pairs.mark("acb").is_right


@pytest.mark.parametrize(
    ("reply", "beliefs"),
    [
        ("acbd", ("plan-first",)),
        ("cabd", ("plan-first",)),
        ("dcba", ("plan-first",)),
        ("bacd", ()),
        ("abcd", ()),
        ("", ()),
    ],
)
def test_steps_show_a_belief_when_the_later_comes_before_the_earlier(steps, reply, beliefs):
    assert steps.mark(reply).misconceptions == beliefs


@pytest.mark.parametrize(
    ("reply", "beliefs"), [("cba", ("police-refer",)), ("cab", ()), ("bac", ()), ("abc", ())]
)
def test_pairs_show_a_belief_when_two_are_taken_for_each_other(pairs, reply, beliefs):
    assert pairs.mark(reply).misconceptions == beliefs


def test_nothing_is_shown_in_the_right_order(steps, pairs):
    assert not steps.keeps_order
    assert not steps.may_show("abcd")
    assert steps.may_show("abdc")
    assert not pairs.may_show("abc")


def test_a_plan_never_shows_the_right_order(tmp_path):
    module = checked(tmp_path / "sample", in_order("A call", "A visit", "A plan")).module
    assert module is not None
    plans = [make_plan(module, Mode.PRACTICE, TODAY, {}, Random(seed)) for seed in range(60)]

    orders = {planned.order for plan in plans for planned in plan}

    assert orders == {"acb", "bac", "bca", "cab", "cba"}


@pytest.mark.parametrize("reply", [(), ("a", "b"), ("a", "b", "", "d"), ("a", "b", "c", "d", "a")])
def test_every_place_wants_a_step(steps, reply):
    with pytest.raises(BadReply, match="Choose a step for each place"):
        steps.read(reply, "dcba")


def test_a_step_is_in_one_place_only(steps, pairs):
    with pytest.raises(BadReply, match="Choose each step once"):
        steps.read(("a", "b", "b", "d"), "dcba")
    with pytest.raises(BadReply, match="Choose each answer once"):
        pairs.read(("a", "b", "b"), "cba")
    with pytest.raises(BadReply, match="Choose an answer for each line"):
        pairs.read(("a",), "cba")
    with pytest.raises(BadReply, match="Select one of the answers shown"):
        pairs.read(("a", "b", "z"), "cba")


def test_feedback_goes_place_by_place_in_the_right_order(steps):
    first, second, third, fourth = steps.lines("acbd", "dcba")

    assert (first.menu, first.text, first.verdict, first.given) == (
        "Place 1",
        "A call",
        "right",
        "",
    )
    assert (second.text, second.verdict, second.given) == ("A decision", "wrong", "A visit")
    assert (third.text, third.chosen, third.given) == ("A visit", False, "A decision")
    assert fourth.chosen
    assert all(line.right for line in (first, second, third, fourth))


def test_what_was_not_answered_is_told_without_a_guess(pairs):
    lines = pairs.lines("", "cba")

    assert [line.given for line in lines] == ["", "", ""]
    assert {line.verdict for line in lines} == {"wrong"}


@pytest.mark.parametrize("kind", ["one-of", "several-of", "in-order", "match"])
def test_a_question_survives_being_stored(kind):
    raw = {
        "one-of": question(),
        "several-of": question(kind="several-of", right=2),
        "in-order": in_order(*STEPS),
        "match": match(*PAIRS),
    }[kind]
    before = built(raw)

    stored = before.model_dump_json(by_alias=True)

    assert type(before).model_validate_json(stored) == before
