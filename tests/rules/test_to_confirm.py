"""What is to be confirmed, day by day: a dated table, and what holds whatever has happened."""

from collections.abc import Iterable
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
from tests.rules.test_standing_properties import DAYS, dispensations, later, posts, some

MADE, DUE = date(2026, 11, 2), date(2026, 12, 1)
ASKED = ToConfirm(UUID(int=1), MADE, DUE)
HIRED = date(2020, 1, 6)
HERE = Facts(posts=(Post("Northmoor", "Nurse", HIRED, None, HIRED),))
KIND = DispensationKind


def day(month, of_month, year=2026):
    return date(year, month, of_month)


def granted(kind, first, last=None, made=None):
    return replace(HERE, dispensations=(Dispensation(kind, made or first, first, last),))


def back(on, facts=HERE):
    """The same facts, of somebody who left and came back on a day."""
    again = Post("Northmoor", "Nurse", on, None, on)
    first = replace(facts.posts[0], ends_on=day(11, 10))
    return replace(facts, posts=(first, again))


TAKEN_BACK = replace(ASKED, withdrawn_on=day(11, 20))
CORRECTED = ToConfirm(UUID(int=2), day(11, 20), day(12, 15))  # in its place
LATE_PASS = day(12, 20)

TABLE = [
    # what happened, what was asked, when it was met, the facts, the day, where it stands then
    ("a year later nothing was done", ASKED, None, HERE, day(12, 1, 2027), State.OVERDUE),
    ("due on the day it was asked", replace(ASKED, due_on=MADE), None, HERE, MADE, State.DUE_SOON),
    (
        "and late on the next",
        replace(ASKED, due_on=MADE),
        None,
        HERE,
        MADE + timedelta(1),
        State.OVERDUE,
    ),
    ("corrected: the first asking, before", TAKEN_BACK, None, HERE, day(11, 19), State.DUE_SOON),
    ("corrected: the first asking, from then on", TAKEN_BACK, None, HERE, day(11, 20), None),
    ("corrected: the second, before", CORRECTED, None, HERE, day(11, 19), None),
    ("corrected: the second, from then on", CORRECTED, None, HERE, day(11, 20), State.ASSIGNED),
    ("corrected: the second, late", CORRECTED, None, HERE, day(12, 16), State.OVERDUE),
    (
        "corrected after it was late",
        replace(CORRECTED, made_on=day(12, 5)),
        None,
        HERE,
        day(12, 5),
        State.DUE_SOON,
    ),
    (
        "taken back on the day it was asked",
        replace(ASKED, withdrawn_on=MADE),
        None,
        HERE,
        MADE,
        None,
    ),
    ("taken back, never late", TAKEN_BACK, None, HERE, day(12, 9), None),
    ("taken back after it was met", TAKEN_BACK, day(11, 5), HERE, day(11, 25), None),
    ("met on the day it was asked", ASKED, MADE, HERE, MADE, None),
    ("met after it was late", ASKED, LATE_PASS, HERE, LATE_PASS, None),
    ("and late the day before", ASKED, LATE_PASS, HERE, LATE_PASS - timedelta(1), State.OVERDUE),
    ("met years before, and lapsed since", ASKED, day(1, 5, 2022), HERE, MADE, None),
    ("without a post, as a request is", ASKED, None, Facts(), day(11, 5), State.ASSIGNED),
    (
        "of somebody whose post ended, and who has not left",
        ASKED,
        None,
        replace(HERE, posts=(replace(HERE.posts[0], ends_on=day(11, 10)),)),
        day(11, 11),
        State.ASSIGNED,
    ),
    (
        "between two posts",
        ASKED,
        None,
        back(day(11, 20)),
        day(11, 15),
        State.ASSIGNED,
    ),
    (
        "and in the second",
        ASKED,
        None,
        back(day(11, 20)),
        day(11, 20),
        State.DUE_SOON,
    ),
    ("left before it was asked", ASKED, None, replace(HERE, left_on=day(11, 1)), MADE, None),
    (
        "left when it was late",
        ASKED,
        None,
        replace(HERE, left_on=day(12, 10)),
        day(12, 11),
        None,
    ),
    (
        "paused without an end",
        ASKED,
        None,
        granted(KIND.PAUSE, day(11, 5)),
        day(6, 1, 2027),
        State.PAUSED,
    ),
    (
        "paused over its day",
        ASKED,
        None,
        granted(KIND.PAUSE, day(11, 25), day(12, 4)),
        day(12, 3),
        State.PAUSED,
    ),
    (
        "and ten days are left of it then",
        ASKED,
        None,
        granted(KIND.PAUSE, day(11, 25), day(12, 4)),
        day(12, 11),
        State.DUE_SOON,
    ),
    (
        "and late after these",
        ASKED,
        None,
        granted(KIND.PAUSE, day(11, 25), day(12, 4)),
        day(12, 12),
        State.OVERDUE,
    ),
    (
        "a pause that was there when it was asked moves nothing",
        ASKED,
        None,
        granted(KIND.PAUSE, day(11, 5), day(11, 14), made=day(10, 1)),
        day(12, 2),
        State.OVERDUE,
    ),
    (
        "a pause that ended before it was asked",
        ASKED,
        None,
        granted(KIND.PAUSE, day(10, 1), day(10, 20)),
        day(12, 2),
        State.OVERDUE,
    ),
    (
        "met while paused",
        ASKED,
        day(11, 8),
        granted(KIND.PAUSE, day(11, 5), day(11, 14)),
        day(11, 9),
        None,
    ),
    (
        "exempt until a day, and then asked again",
        ASKED,
        None,
        granted(KIND.EXEMPTION, day(11, 5), day(11, 14)),
        day(11, 15),
        State.ASSIGNED,
    ),
    (
        "more time, asked for before it was late",
        ASKED,
        None,
        granted(KIND.EXTENSION, day(11, 20), day(12, 24)),
        day(12, 24),
        State.DUE_SOON,
    ),
    (
        "more time that ends before its own day brings nothing nearer",
        ASKED,
        None,
        granted(KIND.EXTENSION, day(11, 20), day(11, 25)),
        day(11, 30),
        State.DUE_SOON,
    ),
    (
        "learning that was recognised since confirms nothing",
        ASKED,
        None,
        granted(KIND.LEARNING, day(11, 20)),
        day(12, 2),
        State.OVERDUE,
    ),
]


@pytest.mark.parametrize(
    ("case", "asked", "met", "facts", "on", "state"), TABLE, ids=[case[0] for case in TABLE]
)
def test_where_it_stands(case, asked, met, facts, on, state):
    found = to_confirm(asked, met, facts, on)

    assert (found.state if found else None) is state


def test_the_table_has_at_least_thirty_cases():
    assert len(TABLE) >= 30


# ---- over random histories -----------------------------------------------------------------

days = st.sampled_from(DAYS)
STATES = (State.ASSIGNED, State.DUE_SOON, State.OVERDUE, State.PAUSED, State.EXEMPT)


@st.composite
def people(draw):
    """Somebody's posts, dispensations and last day."""
    return Facts(
        posts=draw(some(posts(), 3)),
        dispensations=draw(some(dispensations(), 3)),
        left_on=draw(st.none() | days),
    )


@st.composite
def askings(draw):
    made_on = draw(days)
    due_on = draw(later(made_on, 60)) or made_on
    return ToConfirm(UUID(int=7), made_on, due_on, draw(later(made_on, 60)))


def state_of(asked, met, facts, on):
    found = to_confirm(asked, met, facts, on)
    return found.state if found else None


@given(askings(), st.none() | days, people(), days)
def test_it_has_the_states_of_a_request_and_no_other(asked, met, facts, on):
    assert state_of(asked, met, facts, on) in (None, *STATES)


@given(askings(), people(), days)
def test_left_paused_and_exempt_people_are_treated_as_by_a_request(asked, facts, on):
    request = due.Request(asked.id, asked.made_on, asked.due_on, asked.withdrawn_on)

    standing = due.standing(replace(facts, requests=(request,)), on)

    found = to_confirm(asked, None, facts, on)
    if standing.duties:
        assert found == standing
    else:
        assert found is None


@given(askings(), days, people(), days)
def test_once_met_it_is_never_open_again(asked, met, facts, on):
    if on >= met:
        assert state_of(asked, met, facts, on) is None


@given(askings(), days, people(), days)
def test_until_it_is_met_it_stands_as_if_it_never_were(asked, met, facts, on):
    if asked.made_on < met and on < met:
        assert state_of(asked, met, facts, on) is state_of(asked, None, facts, on)


@given(askings(), st.none() | days, people(), days)
def test_taken_back_it_is_never_open_again(asked, met, facts, on):
    if asked.withdrawn_on is not None and on >= asked.withdrawn_on:
        assert state_of(asked, met, facts, on) is None


@given(askings(), people(), days)
def test_before_it_is_asked_nobody_has_it(asked, facts, on):
    if on < asked.made_on:
        assert state_of(asked, None, facts, on) is None


@given(askings(), people(), days)
def test_who_has_left_has_nothing_to_confirm(asked, facts, on):
    gone = replace(facts, left_on=on - timedelta(1), posts=tuple(_until(facts.posts, on)))

    assert state_of(asked, None, gone, on) is None


def _until(held_posts: Iterable[Post], on: date) -> list[Post]:
    return [post for post in held_posts if post.starts_on < on]


@given(askings(), people(), days, st.randoms())
def test_the_order_of_what_was_granted_and_held_does_not_matter(asked, facts, on, chance):
    shuffled = replace(
        facts,
        posts=tuple(chance.sample(facts.posts, len(facts.posts))),
        dispensations=tuple(chance.sample(facts.dispensations, len(facts.dispensations))),
    )

    assert to_confirm(asked, None, shuffled, on) == to_confirm(asked, None, facts, on)


@given(askings(), people(), days, days)
def test_more_time_never_makes_it_late(asked, facts, on, until):
    more = Dispensation(KIND.EXTENSION, asked.made_on, asked.made_on, until)
    given_time = replace(facts, dispensations=(*facts.dispensations, more))

    if state_of(asked, None, facts, on) is not State.OVERDUE:
        assert state_of(asked, None, given_time, on) is not State.OVERDUE


takes = st.builds(
    Took,
    st.sampled_from(["sharing", "referrals"]),
    days,
    st.booleans(),
    st.sampled_from([None, True, False]),
)
change_histories = st.builds(
    ChangeHistory,
    st.lists(takes, max_size=6).map(tuple),
    st.lists(st.tuples(st.just("sharing"), days), max_size=2).map(tuple),
    st.lists(days, max_size=2).map(tuple),
)


@given(change_histories, days, takes, st.sampled_from([Whom.RESTED, Whom.BEFORE]))
def test_a_later_full_pass_never_makes_it_worse(history, start, took, whom):
    last = max((took.on for took in history.passes), default=start)
    newest = replace(took, on=max(last, start) + timedelta(1))
    then = replace(history, passes=(*history.passes, newest))

    if not is_asked(history, start, whom):
        assert not is_asked(then, start, whom)
    assert (met_on(then) or date.max) <= (met_on(history) or date.max)


@given(change_histories, days, days)
def test_an_update_that_was_met_asks_them_nothing_more(history, start, on):
    met = replace(history, updates=(*history.updates, on))

    assert held(met, start) is Held.MET
    assert not any(is_asked(met, start, whom) for whom in Whom)


@given(change_histories, days, st.randoms())
def test_the_order_of_all_facts_of_a_change_does_not_matter(history, start, chance):
    shuffled = ChangeHistory(
        *(
            tuple(chance.sample(facts, len(facts)))
            for facts in (history.passes, history.learned, history.updates)
        )
    )

    assert held(shuffled, start) is held(history, start)
    assert met_on(shuffled) == met_on(history)


@given(change_histories, days, days)
def test_a_change_that_came_later_rests_on_more_and_never_on_less(history, start, other):
    first, second = sorted((start, other))

    if held(history, first) is Held.RESTED:
        assert held(history, second) is Held.RESTED


@given(change_histories, days)
def test_a_pass_that_is_withdrawn_leaves_what_the_others_say(history, start):
    for took in history.passes:
        fewer = replace(history, passes=tuple(one for one in history.passes if one is not took))
        if not took.right and met_on(history) is not None:
            assert met_on(fewer) == met_on(history)
