"""Who rested on a rule that changed, who met the change, and what is open: cases and properties."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules import due
from quizbot.rules.due import Dispensation, DispensationKind, Facts, Post, State
from quizbot.rules.updates import (
    ChangeHistory,
    Held,
    ToConfirm,
    Took,
    Whom,
    held,
    is_asked,
    met_on,
    to_confirm,
)

START = date(2026, 9, 30)
BEFORE, EVE, AFTER = date(2025, 5, 1), date(2026, 9, 29), date(2026, 10, 1)
RESTED = Took("sharing", BEFORE, rested=True)
WITHOUT = Took("sharing", BEFORE)
RIGHT = Took("sharing", AFTER, rested=True, right=True)
WRONG = Took("sharing", AFTER, rested=True, right=False)

CASES = [
    # what was passed, how it stands, and by which of rested, before, everybody it is asked
    ("nothing was passed", (), Held.NOTHING, ""),
    ("rested on it", (RESTED,), Held.RESTED, "rbe"),
    ("passed without it", (WITHOUT,), Held.WITHOUT, "be"),
    ("rested on it, on the eve", (replace(RESTED, on=EVE),), Held.RESTED, "rbe"),
    ("without it, on the eve", (replace(WITHOUT, on=EVE),), Held.WITHOUT, "be"),
    ("on its first day, without it", (replace(WITHOUT, on=START),), Held.SINCE, "e"),
    ("on its first day, touched", (replace(RESTED, on=START),), Held.SINCE, "e"),
    ("since then, without it", (replace(WITHOUT, on=AFTER),), Held.SINCE, "e"),
    ("met it", (RIGHT,), Held.MET, ""),
    ("met it before it came", (replace(RIGHT, on=BEFORE),), Held.MET, ""),
    ("had it wrong before it came", (replace(WRONG, on=BEFORE),), Held.RESTED, "rbe"),
    ("passed since, with it wrong", (WRONG,), Held.SINCE, "e"),
    ("rested, then met", (RESTED, RIGHT), Held.MET, ""),
    ("met, then had it wrong", (RIGHT, replace(WRONG, on=date(2026, 11, 1))), Held.MET, ""),
    ("rested, then passed since", (RESTED, replace(WITHOUT, on=AFTER)), Held.SINCE, "e"),
    ("rested, then had it wrong since", (RESTED, WRONG), Held.SINCE, "e"),
    ("rested, then passed without", (RESTED, replace(WITHOUT, on=EVE)), Held.WITHOUT, "be"),
    ("without, then rested", (WITHOUT, replace(RESTED, on=EVE)), Held.RESTED, "rbe"),
    ("both on one day", (RESTED, replace(WITHOUT, on=BEFORE)), Held.WITHOUT, "be"),
    (
        "rested in one module, since in another",
        (RESTED, Took("referrals", AFTER)),
        Held.RESTED,
        "rbe",
    ),
    ("without in one, since in another", (WITHOUT, Took("referrals", AFTER)), Held.SINCE, "e"),
    ("rested in one, without in another", (RESTED, Took("referrals", EVE)), Held.RESTED, "rbe"),
    ("rested in one, met in another", (RESTED, replace(RIGHT, module="referrals")), Held.MET, ""),
    (
        "rested in both, passed one since",
        (RESTED, replace(RESTED, module="referrals"), replace(WITHOUT, on=AFTER)),
        Held.RESTED,
        "rbe",
    ),
]


@pytest.mark.parametrize(("case", "passes", "stands", "asked"), CASES, ids=[c[0] for c in CASES])
def test_how_a_history_stands_to_a_change(case, passes, stands, asked):
    history = ChangeHistory(passes)

    assert held(history, START) is stands
    assert {whom.value[0] for whom in Whom if is_asked(history, START, whom)} == {*asked}


@pytest.mark.parametrize(
    ("case", "passes", "learned", "stands"),
    [
        ("learned before", (), BEFORE, Held.WITHOUT),
        ("learned since", (), AFTER, Held.SINCE),
        ("rested, learned since", (RESTED,), AFTER, Held.RESTED),
        ("without, learned since", (WITHOUT,), AFTER, Held.SINCE),
        ("met, learned before", (RIGHT,), BEFORE, Held.MET),
    ],
)
def test_what_was_recognised_rests_on_no_question(case, passes, learned, stands):
    assert held(ChangeHistory(passes, (("sharing", learned),)), START) is stands


ASKED = ToConfirm(UUID(int=1), date(2026, 11, 1), date(2026, 12, 1))
HERE = Facts(posts=(Post("Northmoor", "Nurse", BEFORE, None, BEFORE),))


def day(month, of_month):
    return date(2026, month, of_month)


@pytest.mark.parametrize(
    ("case", "asked", "met", "facts", "on", "state"),
    [
        ("before it was asked for", ASKED, None, HERE, day(10, 31), None),
        ("asked for", ASKED, None, HERE, day(11, 1), State.ASSIGNED),
        ("fifteen days to go", ASKED, None, HERE, day(11, 16), State.ASSIGNED),
        ("fourteen days to go", ASKED, None, HERE, day(11, 17), State.DUE_SOON),
        ("on its day", ASKED, None, HERE, day(12, 1), State.DUE_SOON),
        ("after it", ASKED, None, HERE, day(12, 2), State.OVERDUE),
        ("met", ASKED, day(11, 5), HERE, day(11, 5), None),
        ("the day before it was met", ASKED, day(11, 5), HERE, day(11, 4), State.ASSIGNED),
        ("met late", ASKED, day(12, 9), HERE, day(12, 8), State.OVERDUE),
        ("met before it was asked for", ASKED, BEFORE, HERE, day(11, 1), None),
        ("withdrawn", replace(ASKED, withdrawn_on=day(11, 9)), None, HERE, day(11, 9), None),
        (
            "the day before it was withdrawn",
            replace(ASKED, withdrawn_on=day(11, 9)),
            None,
            HERE,
            day(11, 8),
            State.ASSIGNED,
        ),
        (
            "left in between",
            ASKED,
            None,
            replace(HERE, left_on=day(11, 10)),
            day(11, 11),
            None,
        ),
        (
            "on the last day here",
            ASKED,
            None,
            replace(HERE, left_on=day(11, 10)),
            day(11, 10),
            State.ASSIGNED,
        ),
        (
            "paused",
            ASKED,
            None,
            replace(
                HERE,
                dispensations=(
                    Dispensation(DispensationKind.PAUSE, day(11, 2), day(11, 2), day(11, 30)),
                ),
            ),
            day(11, 10),
            State.PAUSED,
        ),
        (
            "after a pause of ten days its day is ten days later",
            ASKED,
            None,
            replace(
                HERE,
                dispensations=(
                    Dispensation(DispensationKind.PAUSE, day(11, 2), day(11, 11), day(11, 20)),
                ),
            ),
            day(12, 11),
            State.DUE_SOON,
        ),
        (
            "extended",
            ASKED,
            None,
            replace(
                HERE,
                dispensations=(
                    Dispensation(DispensationKind.EXTENSION, day(11, 20), day(11, 20), day(12, 24)),
                ),
            ),
            day(12, 2),
            State.ASSIGNED,
        ),
        (
            "exempt",
            ASKED,
            None,
            replace(
                HERE,
                dispensations=(
                    Dispensation(DispensationKind.EXEMPTION, day(11, 2), day(11, 2), None),
                ),
            ),
            day(12, 2),
            State.EXEMPT,
        ),
    ],
)
def test_what_is_to_be_confirmed_has_the_states_of_a_request(case, asked, met, facts, on, state):
    found = to_confirm(asked, met, facts, on)

    assert (found.state if found else None) is state


def test_validity_is_no_part_of_it():
    facts = replace(HERE, passes=(BEFORE,), requests=(due.Request(UUID(int=2), BEFORE, BEFORE),))

    found = to_confirm(ASKED, None, facts, day(11, 1))

    assert [duty.request_id for duty in found.duties] == [ASKED.id]


days = st.dates(date(2023, 1, 1), date(2028, 1, 1))
takes = st.builds(
    Took,
    st.sampled_from(["sharing", "referrals"]),
    days,
    st.booleans(),
    st.sampled_from([None, True, False]),
)
histories = st.builds(
    ChangeHistory,
    st.lists(takes, max_size=6).map(tuple),
    st.lists(st.tuples(st.just("sharing"), days), max_size=2).map(tuple),
)


@given(histories, days)
def test_nobody_is_asked_whose_pass_did_not_rest_on_it_unless_the_lead_says_so(history, start):
    rested = [took for took in history.passes if took.rested and took.on < start]

    assert not (is_asked(history, start, Whom.RESTED) and not rested)


@given(histories, days)
def test_nobody_is_missed_whose_latest_pass_rested_on_it(history, start):
    for module in {took.module for took in history.passes}:
        mine = [took for took in history.passes if took.module == module]
        last = max(took.on for took in mine)
        is_old = last < start and all(took.rested for took in mine if took.on == last)
        if is_old and met_on(history) is None:
            assert is_asked(history, start, Whom.RESTED)


@given(histories, days, st.randoms())
def test_the_order_of_the_facts_does_not_matter(history, start, chance):
    shuffled = replace(history, passes=tuple(chance.sample(history.passes, len(history.passes))))

    assert held(shuffled, start) is held(history, start)


@given(histories, days, st.sampled_from(list(Whom)))
def test_another_pass_since_it_came_never_makes_it_worse(history, start, whom):
    later = replace(
        history,
        passes=(*history.passes, Took("sharing", start + timedelta(days=4000), right=None)),
    )

    if whom is not Whom.EVERYBODY and not is_asked(history, start, whom):
        assert not is_asked(later, start, whom)


@given(histories, days)
def test_who_has_met_it_is_asked_by_nobody(history, start):
    met = replace(history, passes=(*history.passes, Took("sharing", start, right=True)))

    assert not any(is_asked(met, start, whom) for whom in Whom)


@given(histories, days)
def test_who_asks_more_people_asks_them_as_well(history, start):
    asked = [is_asked(history, start, whom) for whom in (Whom.RESTED, Whom.BEFORE, Whom.EVERYBODY)]

    assert asked == sorted(asked)
