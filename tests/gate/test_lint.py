"""Findings name file, question and rule; what is allowed with a reason is not told."""

import pytest

from questions.lint import BANK_CHECKS, CHECKS, RULES, rule_of
from questions.lint.text import number_in, reading_grade, root, sentences_in, syllables, words_in
from tests.gate.samples import checked, in_order, match, question


def test_every_rule_of_the_guide_has_a_function():
    assert sorted(RULES) == [f"W{number:02}" for number in range(1, 39)]
    assert all(check.__doc__ for check in (*CHECKS, *BANK_CHECKS))
    assert rule_of(CHECKS[0]) == "W01"


def test_a_finding_says_where_what_and_by_which_rule(tmp_path):
    bank = checked(tmp_path / "sample", question(ask="Who should not be told FIRST?"))

    (finding,) = bank.findings
    assert (finding.level, finding.file, finding.question) == ("fault", "sample/act.toml", "sample")
    assert finding.rule == "W09"
    assert "ask for what is right" in finding.words


def test_what_is_allowed_with_a_reason_is_not_told(tmp_path):
    asked = {"ask": "Who should NOT be told FIRST?"}

    bank = checked(tmp_path / "sample", question(**asked, allow={"W09": "One act is the point."}))

    assert bank.findings == ()


def test_a_rule_of_the_whole_bank_can_be_allowed_where_it_names_a_question(tmp_path):
    options = (
        "To the hospital ward downstairs",
        "To the clinic of a nearby town",
        "To a friend of her mother",
    )
    where = question(ask="Where are they taken by her NEXT?", options=options)
    story = "You are a porter. The hospital ward downstairs is where such children go."
    other = question(id="other", scenario=story)

    plain = checked(tmp_path / "plain", where, other)
    allowed = checked(tmp_path / "allowed", {**where, "allow": {"W28": "A landmark."}}, other)

    assert [finding.rule for finding in plain.findings] == ["W28"]
    assert allowed.findings == ()


def test_what_need_not_be_allowed_is_a_warning(tmp_path):
    bank = checked(tmp_path / "sample", question(allow={"W17": "It is the law's own word."}))

    (finding,) = bank.findings
    assert finding.level == "warning"
    assert "`allow` is not needed for W17" in finding.words


def test_a_rule_that_is_none_cannot_be_allowed(tmp_path):
    bank = checked(tmp_path / "sample", question(allow={"W99": "Why not?"}))

    (finding,) = bank.findings
    assert finding.level == "fault"
    assert "a rule is one of W01 to W38" in finding.words


def test_withdrawn_questions_are_left_in_peace(tmp_path):
    gone = question(id="gone", ask="Not?", withdrawn={"edition": "2026.1", "why": "It was bad."})

    assert checked(tmp_path / "sample", gone, question()).findings == ()


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (in_order("A call.", "A decision", "A visit"), "W15"),
        (in_order("A call", "A decision", "A call, both A and B"), "W19"),
        (in_order("A call", "a decision", "A visit"), "W15"),
        (in_order("A call", "A call!", "A visit"), "W14"),
        (match(("1 week", "The nurse"), ("A month", "A school"), ("A year", "A chair")), "W15"),
        (match(("Refers", "The nurse"), ("Decides", "the school"), ("Helps", "A chair")), "W15"),
        (
            match(("Refers", "The nurse"), ("Decides often", "A school"), ("Helps", "A chair")),
            "W18",
        ),
    ],
)
def test_rules_about_options_hold_for_steps_and_pairs(tmp_path, raw, rule):
    assert rule in {finding.rule for finding in checked(tmp_path / "sample", raw).findings}


def test_steps_and_pairs_that_break_no_rule(tmp_path):
    steps = in_order("A call to the front door", "A decision by a manager", "A visit to the family")
    pairs = match(("Refers", "The nurse"), ("Decides", "The council"), ("Helps", "The school"))

    assert checked(tmp_path / "sample", steps, {**pairs, "id": "pairs"}).findings == ()


def test_words_and_sentences():
    assert words_in("Ring {referral_team} at 3.15pm, don't wait.") == (
        "Ring", "{referral_team}", "at", "3.15", "pm", "don't", "wait",
    )  # fmt: skip
    assert sentences_in("Is it? 'Yes.' At 3.15pm she left.") == (
        "Is it?",
        "'Yes.",
        "At 3.15pm she left.",
    )
    assert root("referral") == root("referred") == root("refers") == root("refer")
    assert number_in("10 working days") == 240
    assert number_in("72 hours") == 72
    assert number_in("soon") is None


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("child", 1),
        ("made", 1),
        ("table", 2),
        ("family", 3),
        ("police", 2),
        ("hoped", 1),
        ("wanted", 2),
    ],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_the_reading_grade_counts_a_technical_term_as_one_short_word():
    plain = "The child needs help now."
    term = "The child protection conference needs help now."

    assert reading_grade([term]) < reading_grade([term.replace("conference", "deliberation")])
    assert reading_grade([plain]) < 3
    assert reading_grade([""]) == 0
