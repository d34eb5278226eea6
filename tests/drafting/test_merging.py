"""Two editors of one draft: field by field, and only what both changed otherwise is asked about."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from questions.made_here import Sheet
from quizbot.drafting.merging import merged, open_conflicts

BEFORE = Sheet(
    {
        "id": "first-hungry",
        "kind": "one-of",
        "ask": "What should you do FIRST?",
        "because": "A worry is enough.",
        "facts": ["R1", "R2"],
        "option": [
            {"text": "Ring now", "right": True, "why": "You hold the facts."},
            {"text": "Wait", "misconception": "it-can-wait", "errs": "less", "why": "It may not."},
            {"text": "Call the police", "misconception": "police-decide", "why": "Not in danger."},
        ],
    },
    "act",
)


def with_option(sheet, number, **fields):
    rows = [dict(row) for row in sheet.question["option"]]
    rows[number - 1] |= fields
    return with_rows(sheet, rows)


def with_rows(sheet, rows):
    return replace(sheet, question={**sheet.question, "option": rows})


def with_fields(sheet, **fields):
    return replace(sheet, question={**sheet.question, **fields})


def test_different_fields_of_one_answer_are_both_kept():
    theirs = with_option(BEFORE, 2, text="Wait for a week")
    mine = with_option(BEFORE, 2, why="He would go hungry until then.")

    both = merged(BEFORE, theirs, mine)

    assert both.conflicts == ()
    row = both.sheet.question["option"][1]
    assert (row["text"], row["why"]) == ("Wait for a week", "He would go hungry until then.")


def test_different_answers_are_both_kept():
    both = merged(BEFORE, with_option(BEFORE, 1, text="Ring"), with_option(BEFORE, 3, errs="more"))

    assert both.conflicts == ()
    assert both.sheet.question["option"][0]["text"] == "Ring"
    assert both.sheet.question["option"][2]["errs"] == "more"


def test_only_the_field_that_both_changed_is_asked_about():
    theirs = with_option(with_option(BEFORE, 1, text="Ring"), 2, why="Theirs.")
    mine = with_option(with_option(BEFORE, 1, text="Ring them"), 3, why="Mine.")

    both = merged(BEFORE, theirs, mine)

    (conflict,) = both.conflicts
    assert (conflict.field, conflict.mine, conflict.theirs) == (
        "option-1-text",
        "Ring them",
        "Ring",
    )
    for whose, stands in (("mine", "Ring them"), ("theirs", "Ring")):
        chosen = merged(BEFORE, theirs, mine, {"option-1-text": whose}).sheet.question["option"]
        assert [chosen[0]["text"], chosen[1]["why"], chosen[2]["why"]] == [
            stands,
            "Theirs.",
            "Mine.",
        ]


def test_an_answer_that_one_took_away_takes_no_other_with_it():
    rows = BEFORE.question["option"]
    theirs = with_rows(BEFORE, [rows[0], rows[2]])
    mine = with_option(BEFORE, 3, why="A car would frighten her.")

    both = merged(BEFORE, theirs, mine)

    assert both.conflicts == ()
    assert [row["text"] for row in both.sheet.question["option"]] == ["Ring now", "Call the police"]
    assert both.sheet.question["option"][1]["why"] == "A car would frighten her."


def test_an_answer_that_one_took_away_and_the_other_changed_is_asked_about():
    rows = BEFORE.question["option"]

    both = merged(BEFORE, with_rows(BEFORE, [rows[0], rows[2]]), with_option(BEFORE, 2, why="No."))

    (conflict,) = both.conflicts
    assert (conflict.field, conflict.theirs, conflict.mine["why"]) == ("option-2", None, "No.")


def test_an_answer_that_one_added_is_there_beside_the_others_changes():
    added = with_rows(BEFORE, [*BEFORE.question["option"], {"text": "Ask a friend"}])

    for theirs, mine in (
        (added, with_option(BEFORE, 1, text="Ring")),
        (with_option(BEFORE, 1, text="Ring"), added),
    ):
        both = merged(BEFORE, theirs, mine)

        assert both.conflicts == ()
        told = [row["text"] for row in both.sheet.question["option"]]
        assert told == ["Ring", "Wait", "Call the police", "Ask a friend"]


def test_what_each_ticked_and_took_out_of_a_list_is_done():
    both = merged(
        BEFORE, with_fields(BEFORE, facts=["R2"]), with_fields(BEFORE, facts=["R1", "R2", "R3"])
    )

    assert both.sheet.question["facts"] == ["R2", "R3"]


def test_a_field_that_one_cleared_stays_cleared():
    cleared = replace(BEFORE, question={n: v for n, v in BEFORE.question.items() if n != "because"})

    assert "because" not in merged(BEFORE, BEFORE, cleared).sheet.question
    assert "because" not in merged(BEFORE, cleared, BEFORE).sheet.question
    (conflict,) = merged(BEFORE, with_fields(BEFORE, because="Other."), cleared).conflicts
    assert (conflict.mine, conflict.theirs) == (None, "Other.")


def test_two_new_beliefs_of_one_name_stay_two():
    theirs = with_option(BEFORE, 2, misconception="a-form")
    mine = with_option(BEFORE, 3, misconception="a-form")

    both = merged(
        BEFORE,
        replace(theirs, beliefs={"a-form": "A form is read"}),
        replace(mine, beliefs={"a-form": "A form is enough"}),
    ).sheet

    said = [both.beliefs[row["misconception"]] for row in both.question["option"][1:]]
    assert said == ["A form is read", "A form is enough"]


def test_a_choice_does_not_stand_for_words_that_nobody_had_seen():
    mine = with_fields(BEFORE, ask="Mine?")
    shown = merged(BEFORE, with_fields(BEFORE, ask="Theirs?"), mine)
    now = merged(BEFORE, with_fields(BEFORE, ask="Theirs once more?"), mine)

    assert open_conflicts(shown, shown, {"ask": "mine"}) == ()
    assert [one.theirs for one in open_conflicts(now, shown, {"ask": "mine"})] == [
        "Theirs once more?"
    ]
    assert len(open_conflicts(shown, shown, {})) == 1


TEXTS = some.sampled_from(["", "Ring", "Wait", "Ask", "Call"])
ROW = some.fixed_dictionaries({"text": some.sampled_from("abcdefg"), "why": TEXTS})
SHEETS = some.builds(
    lambda ask, rows, facts: Sheet(
        {n: v for n, v in {"ask": ask, "option": rows, "facts": facts}.items() if v}, "act"
    ),
    TEXTS,
    some.lists(ROW, max_size=4),
    some.lists(some.sampled_from(["R1", "R2", "R3"]), unique=True).map(sorted),
)


@given(before=SHEETS, after=SHEETS)
def test_what_one_alone_changed_is_what_stands(before, after):
    assert merged(before, before, after).sheet == after
    assert merged(before, after, before).sheet == after
    assert merged(before, after, after).sheet == after


@given(before=SHEETS, theirs=SHEETS, mine=SHEETS)
def test_nothing_that_somebody_else_wrote_goes_without_a_question(before, theirs, mine):
    both = merged(before, theirs, mine)

    told = repr(both.sheet) + repr(both.conflicts)
    was = repr(before)
    for sheet in (theirs, mine):
        for row in sheet.question.get("option", ()):
            assert repr(row["text"]) in told or repr(row["text"]) in was
    if not both.conflicts and theirs.question.get("ask") != before.question.get("ask"):
        assert both.sheet.question.get("ask") == theirs.question.get("ask")
