"""What a pass is worth: attempts drawn as people's are, and right as often as readers were."""

from collections import Counter
from dataclasses import replace
from datetime import date
from io import BytesIO
from random import Random

import pytest
from pypdf import PdfReader

from questions.bank import Bank
from questions.panel import Count, Group, Kind
from quizbot.cli.printed import board
from quizbot.editions import worth
from quizbot.editions.worth import EditionFigures, Figures, figures
from quizbot.rules.pick import Mode, drawn, make_plan
from tests import made

TODAY = date(2026, 11, 28)


def group(module, kind, right, of=10, rule="", who=("language models",)):
    """Readers who had so many of ten right in each question."""
    counts = {question.id: Count(of, right) for question in module.asked}
    return Group(kind, rule, who, of, counts)


def told(module, guessing, knowing, **rule) -> Figures:
    found = figures(
        module,
        [group(module, Kind.OPTIONS, guessing), group(module, Kind.INFORMED, knowing)],
        TODAY,
    )
    assert found is not None
    return found


def test_who_is_always_right_passes_and_who_never_is_does_not():
    found = told(made.module(), 0, 10)

    assert found.guessing.at_once == 0
    assert found.knowing.at_once == 1


def test_the_real_rule_decides():
    """Four questions at even odds, a must-know among them: three right, one in each area."""
    found = told(made.module(), 5, 10)

    # All right is 1 in 16; of the four ways to miss one, the must-know's is no pass.
    assert found.guessing.at_once == pytest.approx(4 / 16, abs=0.02)


def test_two_tries_in_a_day_are_told_where_the_next_one_waits():
    waits = told(made.module(retake_after_fails=2, retake_after_hours=20), 5, 10)
    open_ = told(made.module(retake_after_hours=0), 5, 10)

    once = waits.guessing.at_once
    assert waits.guessing.in_a_day == pytest.approx(1 - (1 - once) ** 2)
    assert (
        "25 times in 100 at the first try (44 times in 100 with 2 tries in a day)." in waits.words
    )
    assert waits.words.count("Somebody who knows would pass more than 99 times in 100.") == 1
    assert open_.guessing.in_a_day == pytest.approx(open_.guessing.at_once)
    assert "tries in a day" not in open_.words


def test_the_same_readers_come_to_the_same_figures():
    assert told(made.module(), 6, 9) == told(made.module(), 6, 9)


def test_the_strongest_of_those_who_do_not_know_is_told():
    module = made.module()
    rule = group(module, Kind.RULE, 7, rule="Whatever is kindest")

    found = figures(
        module,
        [group(module, Kind.OPTIONS, 4), rule, group(module, Kind.INFORMED, 10)],
        TODAY,
    )

    assert found is not None
    assert found.guessing.group == rule
    assert "were bound to a rule of thumb (Whatever is kindest): 10 papers" in found.rests_on
    assert "language models read and had the fact sheets: 10 papers" in found.rests_on


def test_nothing_is_said_while_few_have_been_read():
    module = made.module()
    options, informed = group(module, Kind.OPTIONS, 4), group(module, Kind.INFORMED, 10)
    few = Group(Kind.INFORMED, "", ("a nurse",), 1, dict(list(informed.counts.items())[:3]))

    assert figures(module, [], TODAY) is None
    assert figures(module, [options], TODAY) is None
    assert figures(module, [informed], TODAY) is None
    assert figures(module, [options, few], TODAY) is None


def test_nothing_is_said_of_what_cannot_be_taken():
    by_objective = made.questions()
    for question in by_objective["leaves"]:
        question["check"] = "Ask the tea lady."
    module = made.module(by_objective)

    found = [group(module, Kind.OPTIONS, 4), group(module, Kind.INFORMED, 10)]

    assert figures(module, found, TODAY) is None


def test_attempts_are_drawn_as_peoples_are():
    by_objective = made.questions()
    by_objective["leaves"] = [
        made.question("leaves-1", not_with=["leaves-2"]),
        *(made.question(f"leaves-{n}") for n in (2, 3, 4)),
    ]
    module = made.module(by_objective)
    rng, count = Random(3), 3000

    plans = list(drawn(module, Mode.ASSURED, TODAY, rng, count))

    real = [make_plan(module, Mode.ASSURED, TODAY, {}, rng) for _ in range(count)]
    ours = Counter(frozenset(question.id for question in plan) for plan in plans)
    theirs = Counter(frozenset(one.question_id for one in plan or ()) for plan in real)
    assert ours.keys() == theirs.keys()
    for plan, times in theirs.items():
        assert ours[plan] == pytest.approx(times, abs=5 * times**0.5)


def test_rivals_that_leave_no_attempt_leave_none_to_draw():
    by_objective = made.questions()
    ids = [question["id"] for question in by_objective["leaves"]]
    for question in by_objective["leaves"]:
        question["not_with"] = [id_ for id_ in ids if id_ != question["id"]]

    assert list(drawn(made.module(by_objective), Mode.ASSURED, TODAY, Random(1), 5)) == []


# On pages and paper


@pytest.fixture
def read_module(service, tmp_path):
    """A module that language models have read; where it is kept."""
    module = made.module()
    service.editions.publish([Bank(module.id, module, ())], made.place())
    return made.readings(module, tmp_path / "panel", {Kind.OPTIONS: 2, Kind.INFORMED: 10})


def test_an_edition_has_figures_once_it_is_read_worked_out_once(service, clock, read_module):
    known = EditionFigures(clock, read_module)
    tea, other = service.editions.current("tea"), service.editions.current("referrals")

    found = known.of(tea)

    assert found is not None
    assert found.knowing.at_once == 1
    assert known.of(other) is None
    assert known.of(tea) is found
    (read_module / "tea.toml").unlink()
    assert known.of(tea) is found
    clock.forward(days=1)
    assert known.of(tea) is found
    clock.forward(days=20 * 365)  # nothing may be asked so that it counts
    assert known.of(tea) is None


def test_a_file_that_is_torn_is_no_figure_and_told_in_the_log(service, clock, read_module, caplog):
    (read_module / "tea.toml").write_text("readers = [")

    assert EditionFigures(clock, read_module).of(service.editions.current("tea")) is None
    assert "tea.toml: is not valid TOML" in caplog.text


def test_what_is_kept_does_not_grow_for_ever(service, clock, read_module):
    known = EditionFigures(clock, read_module)
    for number in range(102):
        known.of(replace(service.editions.current("referrals"), fingerprint=f"{number}"))

    assert len(worth._KNOWN) < 102


def test_the_boards_report_says_what_a_pass_is_worth_where_it_was_read(service, clock, read_module):
    def words(of):
        pages = PdfReader(BytesIO(board(of))).pages
        return " ".join("".join(page.extract_text() for page in pages).split())

    def by(folder):
        papers = replace(service.board_papers, worth=EditionFigures(clock, folder))
        return replace(service, board_papers=papers)

    read = by(read_module)

    assert "What a pass is worth" in words(read)
    assert "Tea making. Somebody who only recognises" in words(read)
    assert "language models read" in words(read)
    unread = by(read_module / "none")
    assert "What a pass is worth" not in words(unread)
