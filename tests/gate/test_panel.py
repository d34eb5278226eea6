"""Readers without keys: what they are given, how answers are read, what is kept of them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from questions.kinds import LETTERS
from questions.panel import (
    SHIPPED,
    Answer,
    Kind,
    PanelError,
    Paper,
    Readers,
    Sheet,
    add,
    as_toml,
    draw,
    groups_of,
    head_of,
    load,
    print_of,
    read_sheet,
)
from tests.gate.samples import OPTIONS, in_order, match, question
from tests.gate.test_kinds import built

TODAY = date(2026, 11, 28)
ONE = built(question())
SEVERAL = built(question(id="several", kind="several-of", right=2))
STEPS = built(in_order("Ring the team", "Write it down", "Meet the family", id="steps"))
PAIRS = built(match(("Ring", "A call"), ("Write", "A letter"), ("Meet", "A visit"), id="pairs"))
ALL = {"a": (ONE, SEVERAL), "b": (STEPS, PAIRS)}


def numbered(paper: Paper) -> dict[str, int]:
    return {item.question.id: item.number for item in paper.items}


def key_as_shown(paper: Paper, id_: str) -> str:
    item = next(item for item in paper.items if item.question.id == id_)
    return ",".join(LETTERS[item.order.index(letter)] for letter in item.question.key)


def answers(paper: Paper, wrong: Sequence[str] = (), who: str = "a language model") -> str:
    """A reader's sheet: every key, but nothing where `wrong` says so."""
    lines = [
        f"{number}: {'-' if id_ in wrong else key_as_shown(paper, id_)}"
        for id_, number in numbered(paper).items()
    ]
    return "\n".join([paper.head, f"reader: {who}", "# a note", "", *lines])


def test_a_paper_has_every_question_and_no_key_id_or_objective():
    paper = draw(ALL, Kind.EXPERT, 1)

    assert len(paper.items) == 4
    assert [item.number for item in paper.items] == [1, 2, 3, 4]
    assert ONE.ask in paper.text
    assert "Priya, aged 8" in paper.text
    assert "(One or more are right.)" in paper.text
    assert "(Give a letter each, for: Place 1, then Place 2, then Place 3)" in paper.text
    assert "(Give a letter each, for: Ring, then Write, then Meet)" in paper.text
    for told in ("sample", "several", "it-can-wait", *(o.why for o in ONE.options)):
        assert told not in paper.text.replace("several are asked for", "")


def test_options_alone_have_neither_story_nor_question_nor_steps():
    paper = draw(ALL, Kind.OPTIONS, 1)

    assert {item.question.id for item in paper.items} == {"sample", "several"}
    assert "Priya" not in paper.text
    assert ONE.ask not in paper.text
    assert all(text in paper.text for text in OPTIONS)


def test_a_rule_stands_on_the_paper_of_those_bound_to_it():
    assert "Whatever is kindest\n" in draw(ALL, Kind.RULE, 1, "Whatever is  kindest").text
    with pytest.raises(PanelError, match="A rule goes with readers bound to one"):
        draw(ALL, Kind.RULE, 1, " ")
    with pytest.raises(PanelError, match="A rule goes with readers bound to one"):
        draw(ALL, Kind.EXPERT, 1, "Whatever is kindest")


def test_the_seed_gives_the_order_and_the_same_seed_the_same_paper():
    assert draw(ALL, Kind.EXPERT, 5).text == draw(ALL, Kind.EXPERT, 5).text
    assert len({draw(ALL, Kind.EXPERT, seed).text for seed in range(8)}) == 8


def test_figures_stay_in_order_and_no_steps_are_shown_in_the_right_one():
    days = built(question(id="days", options=("5 days", "10 days", "15 days")))

    for seed in range(20):
        papers = draw({"a": (days, STEPS)}, Kind.EXPERT, seed)
        orders = {item.question.id: item.order for item in papers.items}
        assert orders["days"] == "abc"
        assert orders["steps"] != "abc"


def test_without_a_question_there_is_no_paper():
    with pytest.raises(PanelError, match="no question here for such a paper"):
        draw({"b": (STEPS,)}, Kind.OPTIONS, 1)


def test_a_sheet_is_marked_by_the_paper_drawn_again():
    paper = draw(ALL, Kind.EXPERT, 7)

    sheet = read_sheet(answers(paper, wrong=["steps"]), draw(ALL, Kind.EXPERT, 7))

    assert head_of(answers(paper)).seed == 7
    assert head_of(answers(paper)).modules == ("a", "b")
    assert sheet.who == "a language model"
    marks = {answer.item.question.id: answer.is_right for answer in sheet.answers}
    assert marks == {"sample": True, "several": True, "steps": False, "pairs": True}


def test_a_second_answer_is_noted_and_does_not_count():
    paper = draw({"a": (ONE,)}, Kind.EXPERT, 1)
    text = f"{paper.head}\nreader: me\n1) {key_as_shown(paper, 'sample').upper()} (also C, d)"

    (answer,) = read_sheet(text, paper).answers

    assert answer == Answer(paper.items[0], is_right=True, has_second=True)


def test_one_letter_too_many_is_wrong_in_any_order_it_is_right():
    paper = draw({"a": (SEVERAL,)}, Kind.EXPERT, 1)
    key = key_as_shown(paper, "several")
    head = f"{paper.head}\nreader: me\n"

    def right(given: str) -> bool:
        return read_sheet(f"{head}1: {given}", paper).answers[0].is_right

    assert right(key)
    assert right(",".join(reversed(key.split(","))))
    assert not right("a,b,c,d")
    assert not right(key[0])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1: e", "line 3: question 1 has no choice 'e'"),
        ("1 = b", "line 3: '1 = b' is no answer"),
        ("9: b", "line 3: there is no question 9"),
        ("1: a\n1: b", "line 4: 1 is answered twice"),
        ("", "no answer to 1: where there is none, write `1: -`"),
    ],
)
def test_a_line_that_is_no_answer_is_told_with_its_number(line, words):
    paper = draw({"a": (ONE,)}, Kind.EXPERT, 1)

    with pytest.raises(PanelError) as told:
        read_sheet(f"{paper.head}\nreader: me\n{line}", paper)

    assert words in str(told.value)


def test_a_sheet_says_who_read():
    paper = draw({"a": (ONE,)}, Kind.EXPERT, 1)

    with pytest.raises(PanelError, match="no line `reader: …`"):
        read_sheet(f"{paper.head}\n1: a", paper)


@pytest.mark.parametrize("head", ["1: a", "paper: hotel, seed 1, print 00000000, a", ""])
def test_a_sheet_without_its_papers_head_is_of_no_paper(head):
    with pytest.raises(PanelError, match="copy the paper's first line"):
        head_of(head)


def test_answers_to_a_paper_whose_questions_have_changed_are_refused():
    text = answers(draw({"a": (ONE,)}, Kind.EXPERT, 1))
    changed = built(question(scenario="You are a nurse. Tom, aged 9, is hungry."))

    with pytest.raises(PanelError, match="have changed since"):
        read_sheet(text, draw({"a": (changed,)}, Kind.EXPERT, 1))


# What is kept


def sheet_of(kind: Kind = Kind.OPTIONS, seed: int = 1, **how: object) -> Sheet:
    rule = "Whatever is kindest" if kind is Kind.RULE else ""
    questions = how.pop("questions", ALL)
    paper = draw(questions, kind, seed, rule)  # type: ignore[arg-type]
    return read_sheet(answers(paper, **how), paper)  # type: ignore[arg-type]


def kept_of(*sheets: Sheet, edition: str = "2026.2") -> tuple[Readers, ...]:
    kept: tuple[Readers, ...] = ()
    for sheet in sheets:
        kept = add(kept, sheet, "a", edition, TODAY)
    return kept


def test_results_are_added_up_by_kind_of_reader_and_rule():
    kept = kept_of(
        sheet_of(seed=1),
        sheet_of(seed=2, wrong=["sample"]),
        sheet_of(Kind.RULE),
        sheet_of(Kind.INFORMED, who="a nurse"),
    )

    assert [(r.kind, r.rule, r.who, len(r.sheets)) for r in kept] == [
        (Kind.OPTIONS, "", "a language model", 2),
        (Kind.RULE, "Whatever is kindest", "a language model", 1),
        (Kind.INFORMED, "", "a nurse", 1),
    ]
    found = {result.question: (result.read, result.right) for result in kept[0].results}
    assert found == {"sample": (2, 1), "several": (2, 2)}


def test_the_same_sheet_is_not_counted_twice():
    with pytest.raises(PanelError, match="counted already"):
        kept_of(sheet_of(), sheet_of())


def test_other_readers_of_a_kind_are_kept_apart_and_counted_together():
    kept = kept_of(sheet_of(), sheet_of(who="a cook", wrong=["sample"]))

    assert [readers.who for readers in kept] == ["a language model", "a cook"]
    (group,) = groups_of(kept, ALL["a"])
    assert group.who == ("a language model", "a cook")
    assert (group.sheets, group.read) == (2, 4)
    assert group.share == 0.75


def test_results_go_through_a_file_and_back(tmp_path):
    kept = kept_of(sheet_of(), sheet_of(Kind.RULE, who='a "cook"'))
    (tmp_path / "a.toml").write_text(as_toml(kept), "utf-8")

    assert load(tmp_path, "a") == tuple(
        one.model_copy(update={"results": tuple(sorted(one.results, key=lambda r: r.question))})
        for one in kept
    )
    assert load(tmp_path, "b") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [("readers = [", "is not valid TOML"), ("readers = [{}]", "`kind` is missing")],
)
def test_a_file_of_results_that_cannot_be_read_is_told(tmp_path, text, words):
    (tmp_path / "a.toml").write_text(text)

    with pytest.raises(PanelError, match=words):
        load(tmp_path, "a")


def test_the_shipped_results_can_be_read():
    for path in SHIPPED.glob("*.toml"):
        assert load(SHIPPED, path.stem)


def test_a_changed_question_is_not_yet_read():
    story = built(question(scenario="You are a nurse. Tom, aged 9, is hungry."))
    kept = kept_of(sheet_of(), sheet_of(Kind.INFORMED))

    options, *others = groups_of(kept, (story, SEVERAL))

    assert set(options.counts) == {"sample", "several"}  # they never saw the story
    assert [set(group.counts) for group in others] == [{"several"}]
    assert groups_of(kept, (STEPS,)) == ()


def test_a_new_reading_of_a_changed_question_takes_the_old_ones_away():
    turned = built(question(options=(OPTIONS[1], OPTIONS[0], *OPTIONS[2:])))
    again = sheet_of(questions={"a": (turned,)})

    kept = kept_of(sheet_of(), again)

    (readers,) = kept
    found = {result.question: (result.read, result.print) for result in readers.results}
    assert found == {
        "sample": (1, print_of(turned, Kind.OPTIONS)),
        "several": (1, print_of(SEVERAL, Kind.OPTIONS)),
    }


def test_readers_of_whom_nothing_is_left_go():
    turned = built(question(options=(OPTIONS[1], OPTIONS[0], *OPTIONS[2:])))
    first = sheet_of(questions={"a": (ONE,)})
    again = sheet_of(questions={"a": (turned,)}, who="a cook")

    assert [readers.who for readers in kept_of(first, again)] == ["a cook"]


def test_the_print_changes_with_what_a_reader_sees_and_with_the_key_and_nothing_else():
    other_why = built(question(because="Another reason that says the same as before."))
    other_key = built(question(options=(OPTIONS[1], OPTIONS[0], *OPTIONS[2:])))

    for kind in Kind:
        assert print_of(ONE, kind) == print_of(other_why, kind)
        assert print_of(ONE, kind) != print_of(other_key, kind)
    assert print_of(PAIRS, Kind.EXPERT) != print_of(STEPS, Kind.EXPERT)


def test_a_questions_share_is_drawn_towards_the_whole_by_two_readers():
    (group,) = groups_of(kept_of(sheet_of(), sheet_of(seed=2, wrong=["sample"])), ALL["a"])

    assert group.share == 0.75
    assert group.of("sample") == (1 + 2 * 0.75) / 4
    assert group.of("nobody-read-it") == 0.75


def test_second_answers_are_counted():
    paper = draw({"a": (ONE,)}, Kind.INFORMED, 1)
    text = f"{paper.head}\nreader: me\n1: {key_as_shown(paper, 'sample')} (also b)"

    (group,) = groups_of(kept_of(read_sheet(text, paper)), ALL["a"])

    assert (group.share, group.second) == (1.0, 1.0)


def test_nothing_of_another_module_is_kept(tmp_path: Path):
    kept = add((), sheet_of(Kind.EXPERT), "b", "2026.2", TODAY)

    assert {result.question for result in kept[0].results} == {"steps", "pairs"}
