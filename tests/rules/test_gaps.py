"""Duties that were overdue and ended without anything being learned, told from histories."""

from datetime import date

import pytest
from hypothesis import given

from quizbot.rules.due import Gap, State, gap, overdue_since, standing
from tests.rules.test_standing import facts
from tests.rules.test_standing_properties import histories

DAY = date(2026, 11, 21)
YEARLY = "yearly saved 2020-01-01"
OLD = f"{YEARLY} | post 2024-01-08..2026-11-06 recorded 2024-01-08"
SINCE = date(2024, 2, 7)  # thirty days after that post began
ENDED = date(2026, 11, 6)


@pytest.mark.parametrize(
    ("history", "due_on"),
    [
        # A post ended a fortnight ago and begun anew today.
        (f"{OLD} | post 2026-11-21", date(2026, 12, 21)),
        # Without a gap, but known of so late that its days are moved into the grace.
        (f"{OLD} | post 2026-11-07 recorded 2026-11-21", date(2026, 12, 7)),
        # In another unit, under another rule.
        (
            f"{OLD} | yearly unit South | post 2026-11-07 unit South recorded 2026-11-01",
            date(2026, 12, 7),
        ),
        # Nothing asks any more.
        (OLD, None),
        # A rule ended and made again.
        (
            f"{YEARLY} to 2026-11-06 | post 2024-01-08 | yearly saved 2026-11-21",
            date(2026, 12, 19),
        ),
        # What was learned before does not mend it, nor does a pause that came later.
        (f"{OLD} | pass 2021-01-01 | post 2026-11-21", date(2026, 12, 21)),
        (f"{OLD} | post 2026-11-21 | pause 2026-11-21..2026-11-30", date(2026, 12, 30)),
    ],
)
def test_what_was_overdue_and_ended_is_told_with_what_is_due_now(history, due_on):
    told = gap(facts(history), DAY)

    assert told is not None
    assert (told.ended_on, told.due_on) == (ENDED, due_on)
    assert told.overdue_since in (SINCE, date(2022, 1, 1))


@pytest.mark.parametrize(
    "history",
    [
        "post 2024-01-08..2026-11-06 | post 2026-11-21",  # nothing was asked
        f"{OLD} | pass 2024-03-01 | pass 2026-01-05 | post 2026-11-21",  # it was not overdue
        f"{OLD} | post 2026-11-21 | pass 2026-11-21",  # it was learned since
        f"{OLD} | post 2026-11-21 | learned 2026-11-10",
        f"{OLD} | post 2026-11-21 | learned 2026-11-10 to 2026-11-15",  # though it has ended
        f"{OLD} | post 2026-11-07 recorded 2026-11-05",  # a move known in time: overdue as before
        f"{OLD} | post 2026-11-10 recorded 2026-11-05",
        f"{YEARLY} | post 2024-01-08..2026-11-20 | post 2026-11-24 recorded 2026-11-19",  # soon
        f"{OLD} | post 2024-02-01",  # another post goes on
        f"{OLD} | pause 2023-01-01.. made 2023-01-01 | post 2026-11-21",  # it waited behind a pause
        f"{OLD} | exempt 2023-01-01..2026-11-20 made 2023-01-01 | post 2026-11-21",
        f"{OLD} | left 2026-11-06",  # they are not here
        "request 2024-01-08 by 2024-02-07 withdrawn 2026-11-06 | post 2024-01-08",  # no rule
        f"{YEARLY} | post 2024-01-08..2025-11-20",  # more than a year ago, and nothing asks
        f"{OLD} | rule saved 2026-11-21 within 60d | post 2026-11-21 | pass 2026-11-21",
        # An old pass is enough for the rule that there is now.
        f"{YEARLY} to 2026-11-06 | once saved 2026-11-07 | post 2020-01-08 | pass 2021-01-01",
    ],
)
def test_whoever_is_overdue_still_or_learned_it_or_was_never_late_has_no_gap(history):
    assert gap(facts(history), DAY) is None


def test_of_several_ends_the_last_at_which_it_was_overdue_is_told():
    history = f"{OLD} | post 2026-11-08..2026-11-12 recorded 2026-11-20 | post 2026-11-21"

    assert gap(facts(history), DAY) == Gap(SINCE, ENDED, date(2026, 12, 21))


@pytest.mark.parametrize(
    ("history", "since"),
    [
        ("yearly | post 2024-01-08", SINCE),
        ("yearly | post 2024-01-08 | pass 2024-02-01", date(2025, 2, 1)),
        ("yearly | post 2026-11-01", None),
        ("yearly | post 2024-01-08 | pause 2026-01-01.. made 2026-01-01", None),
        ("request 2024-01-08 by 2024-02-07", None),
    ],
)
def test_since_when_a_rule_has_waited(history, since):
    assert overdue_since(facts(history), DAY) == since


@given(histories())
def test_nobody_has_a_gap_and_is_late_at_once(told):
    found = gap(told, DAY)

    if found:
        assert overdue_since(told, DAY) is None
        assert found.overdue_since < found.ended_on < DAY
        now = standing(told, DAY)
        assert now.state not in (State.VALID, State.RENEW_SOON)
        assert found.due_on == min((d.due_on for d in now.duties if d.due_on), default=None)
