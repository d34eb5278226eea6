"""The eight shipped banks: how many questions, of what kind, and what has to be known."""

import re
from collections import Counter
from itertools import chain

import pytest
from click.testing import CliRunner

from questions import kinds
from questions.bank import linted
from quizbot.cli import quizbot
from tests import shipped
from tests.gate.test_readme import README

MODULES = (
    "referrals",
    "assessments",
    "strategy-discussions",
    "section-47",
    "conferences",
    "core-groups",
    "information-sharing",
    "learning-from-reviews",
)
BANKS = shipped.BANKS


@pytest.fixture(params=MODULES)
def module(request):
    return BANKS[request.param].module


def counting(module):
    """The questions that may count: nothing to confirm first, nothing that is for practice."""
    return [q for q in module.asked if not q.check and q.sensitive != "strong" and not q.held]


def wrong_beliefs(question):
    return Counter(question.beliefs()).keys()


def test_there_are_eight():
    assert [bank.id for bank in shipped.every_bank()] == list(BANKS) == sorted(MODULES)


def test_each_is_read_without_a_finding():
    assert [finding for bank in shipped.every_bank() for finding in linted(bank).findings] == []


def test_six_questions_of_each_objective_may_count_and_36_of_each_module(module):
    of_each = Counter(question.objective for question in counting(module))

    assert set(of_each) == set(module.objectives)
    assert min(of_each.values()) >= 6
    assert of_each.total() >= 36


def test_at_least_half_apply(module):
    for questions in (module.asked, counting(module)):
        assert sum(question.level == "apply" for question in questions) * 2 >= len(questions)


def test_at_least_three_lessons_come_from_a_named_review(module):
    lessons = [question.lesson for question in module.asked if question.lesson]

    assert len(lessons) >= 3
    assert all(lesson.review and lesson.at for lesson in lessons)


def test_must_knows_are_few_one_an_objective_with_three_variants_each():
    known = [(m.id, name, m) for m in (b.module for b in BANKS.values()) for name in m.must_knows]

    assert len(known) <= 12
    for module, name, read in known:
        variants = [q for q in counting(read) if q.must_know == name]
        assert len(variants) >= 3, (module, name)
        assert {q.objective for q in variants} == {read.must_knows[name].objective}
    for bank in BANKS.values():
        objectives = [each.objective for each in bank.module.must_knows.values()]
        assert len(objectives) == len(set(objectives))


def test_every_module_has_a_must_know(module):
    assert module.must_knows


def test_the_readme_lists_the_must_knows_of_the_banks_and_no_other_each_with_a_reason():
    table = (
        README.split("\n## The essentials\n")[1].split("\n## ")[0].split("| --- | --- | --- |")[1]
    )
    listed = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    known = {
        (bank.module.title, must_know.says)
        for bank in BANKS.values()
        for must_know in bank.module.must_knows.values()
    }

    assert {(title, says) for title, says, _ in listed} == known
    assert len(listed) == len(known)
    assert [says for _, says, reason in listed if len(reason.split()) < 8] == []


def test_misconceptions_are_few_sentences_met_in_several_forms(module):
    met = Counter(chain.from_iterable(wrong_beliefs(question) for question in module.asked))

    assert 8 <= len(module.misconceptions) <= 20
    assert set(met) == set(module.misconceptions)
    assert not [says for says in module.misconceptions.values() if re.search(r"[.?!] ", says)]
    assert sum(times > 1 for times in met.values()) >= 0.8 * len(met)


def test_the_kinds_are_used_where_they_fit(module):
    used = {question.kind for question in module.asked}

    assert {"one-of", "several-of"} <= used
    assert used & {"in-order", "match"}


def test_all_kinds_are_used_and_processes_put_in_order():
    used = Counter(q.kind for bank in BANKS.values() for q in bank.module.asked)

    assert set(used) == set(kinds.KINDS)
    assert used["in-order"] >= 8
    assert used["match"] >= 6


def test_reviews_are_spread_over_the_year(module):
    months = Counter((q.review_by.year, q.review_by.month) for q in module.asked)

    assert len(months) >= 10
    assert max(months.values()) <= len(module.asked) / 6


def test_a_story_has_at_most_ninety_words_with_what_is_asked(module):
    long = [q.id for q in module.asked if len(f"{q.scenario} {q.ask}".split()) > 90]

    assert long == []


def test_each_option_has_a_reason_of_its_own(module):
    for question in module.asked:
        told = [line.why for line in question.lines("", question.letters)]
        assert len(told) == len(set(told)), question.id


def test_coverage_counts_all_eight_and_has_nothing_to_say_against_them():
    said = CliRunner().invoke(quizbot, ["banks", "coverage"])

    assert (said.exit_code, said.stderr) == (0, "")
    assert re.findall(r"^([a-z0-9-]+): (\d+) questions$", said.stdout, re.MULTILINE) == [
        (name, str(len(BANKS[name].module.asked))) for name in sorted(MODULES)
    ]
    assert " 0 variants" not in said.stdout
