"""What the check finds is said on a page in the page's words: no field's name, no file, no code."""

import re
from copy import deepcopy
from datetime import date

import pytest

from questions.bank import SHIPPED, read_bank
from questions.beside import beside, waivable
from questions.exchange.own import content_of
from questions.made_here import Sheet, unfitted
from questions.page_words import page_words
from questions.place import SHIPPED as PLACE
from questions.place import read_place
from questions.register import shipped_register

OF_FILES = re.compile(r"`|\.toml|\bW\d\d\b|\bfact sheet|\berrs\b|\bnot_with\b|= |\[\[")
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def place():
    return read_place(PLACE, TODAY)[0]


@pytest.fixture(scope="module")
def module(place):
    found = read_bank(SHIPPED / "referrals", place, TODAY).module
    assert found is not None
    return unfitted(found, shipped_register())


def of_kind(module, kind):
    question = next(one for one in module.asked if one.kind == kind and not one.twin)
    return content_of(question), question.objective


def said_of(content, objective, module, place):
    return beside(Sheet(content, objective), module, shipped_register(), place, TODAY)


def without_one(content):
    """The question with one thing less, each in turn, however deep it is."""
    for name, value in content.items():
        if name == "kind":
            continue
        yield {**content, name: ""}
        yield {n: v for n, v in content.items() if n != name}
        if not isinstance(value, list):
            continue
        yield {**content, name: []}
        yield {**content, name: value[:1]}
        yield {**content, name: value * 5}
        for at, one in enumerate(value):
            for inner in one if isinstance(one, dict) else ():
                for put in ("", "Not this"):
                    changed = deepcopy(content)
                    changed[name][at][inner] = put
                    yield changed
                changed = deepcopy(content)
                del changed[name][at][inner]
                yield changed


@pytest.mark.parametrize("kind", ["one-of", "several-of", "in-order", "match"])
def test_whatever_is_left_out_of_a_question_is_told_in_the_words_of_the_form(module, place, kind):
    content, objective = of_kind(module, kind)

    told = [one for less in without_one(content) for one in said_of(less, objective, module, place)]

    assert len({one.words for one in told}) > 10
    assert [one.words for one in told if OF_FILES.search(one.words)] == []
    assert [
        one.words for one in told if not one.words[:1].isupper() and one.words[0].isalpha()
    ] == []


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"option": []}, "option-1-text", "Write three or four answers"),
        ({"level": ""}, "level", "Choose"),
        ({"because": ""}, "because", "Write why the right answer is right"),
        ({"sources": []}, "source-1-id", "Choose what it rests on"),
        ({"must_know": "no-such"}, "must_know", "choose one from the list"),
        ({"not_with": ["no-such"]}, "not_with", "“no-such” is no other question"),
        ({"twin": "no-such"}, "twin", "“no-such” is no other question"),
        ({"needs": ["is.no_such"]}, "needs", "nothing that this place can turn on"),
        ({"ask": "What do you do"}, "ask", "The question does not end"),
        ({"scenario": "Zorblax, aged 9, is hungry."}, "scenario", "choose one from the list of"),
        ({"scenario": "You ring {no_such}."}, "scenario", "{no_such} is no word of this place"),
        ({"authority": "local"}, "ask", "keep it with that reason, “the same everywhere”"),
    ],
    ids=lambda one: str(next(iter(one))) if isinstance(one, dict) else None,
)
def test_a_fault_is_told_beside_its_field_in_the_pages_words(module, place, change, field, words):
    content, objective = of_kind(module, "one-of")

    told = said_of({**content, **change}, objective, module, place)

    assert any(one.field == field and words in one.words for one in told), told


def test_what_is_found_can_be_kept_with_a_reason_by_its_own_words(module):
    content, objective = of_kind(module, "one-of")
    content = {**content, "ask": "What should you not do FIRST?", "allow": {"W29": "as it is"}}

    found = dict(waivable(Sheet(content, objective), module))

    assert "which readers miss" in found["W09"]
    assert found["W29"] == "Nothing is found of this rule as the question stands"


def test_a_question_needs_no_fact_of_the_national_sheets(module, place):
    content, objective = of_kind(module, "one-of")

    less = {name: one for name, one in content.items() if name not in ("facts", "decision")}

    told = said_of(less, objective, module, place)

    assert [one for one in told if one.level == "fault"] == []


def test_every_question_that_we_ship_names_the_facts_that_it_rests_on(place):
    for folder in sorted(SHIPPED.iterdir()):
        module = read_bank(folder, place, TODAY).module
        assert [one.id for one in module.asked if not one.facts] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("objective 'consent' has no question: add the file consent.toml or remove it",
         "No question is left for “consent”"),
        ("misconception 'a-b' is not used by any question", "No question uses the belief “a-b”"),
        ("must-know refer has no question: write three", "No question asks “refer”: write three"),
        ("`allow` is not needed for W09, which finds nothing here: take it away",
         "What was kept with a reason is not found any more: clear the reason"),
    ],
    ids=["objective", "belief", "must-know", "allow"],
)  # fmt: skip
def test_what_is_found_in_a_whole_bank_is_said_without_files(words, said):
    assert page_words(words) == said
