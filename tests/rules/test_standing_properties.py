"""What holds of standing whatever has happened: random histories, every day of them."""

from bisect import bisect_right
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules.due import (
    Dispensation,
    DispensationKind,
    Facts,
    Post,
    Request,
    Requirement,
    State,
    cached_dates,
    due_from_dates,
    end_from_dates,
    next_change,
    segments,
    standing,
    state_from_dates,
)
from quizbot.rules.due.days import Span, joined, months_after, put_off

FIRST = date(2024, 1, 15)
LENGTH = 280
DAYS = [FIRST + timedelta(n) for n in range(LENGTH)]
MET = (State.VALID, State.RENEW_SOON)
UNITS = ("North", "North/Council", "North/Council/Team", "North/Police")

days = st.sampled_from(DAYS)


def some(strategy, most):
    return st.lists(strategy, max_size=most).map(tuple)


@st.composite
def later(draw, day, most, least=0):
    """Some days after a day, or never."""
    count = draw(st.none() | st.integers(least, most))
    return None if count is None else day + timedelta(count)


@st.composite
def posts(draw):
    starts_on = draw(days)
    recorded_on = draw(later(starts_on, 60, -20)) or starts_on
    unit, job = draw(st.sampled_from(UNITS)), draw(st.sampled_from(("nurse", "teacher")))
    return Post(unit, job, starts_on, draw(later(starts_on, 200, -1)), recorded_on)


@st.composite
def requirements(draw):
    saved_on = draw(days)
    in_force_from = draw(later(saved_on, 40, -40)) or saved_on
    return Requirement(
        id=UUID(int=draw(st.integers(1, 10**6))),
        unit=draw(st.sampled_from(UNITS[:3])),
        job=draw(st.sampled_from(("", "", "nurse"))),
        saved_on=saved_on,
        in_force_from=in_force_from,
        in_force_to=draw(later(in_force_from, 300)),
        changed_on=draw(later(saved_on, 200)),
        within_days=draw(st.integers(0, 40)),
        within_months=draw(st.integers(0, 2)),
        every_months=draw(st.none() | st.integers(1, 6)),
        window_days=draw(st.integers(0, 27)),
        grace_days=draw(st.integers(0, 30)),
    )


@st.composite
def requests(draw):
    made_on = draw(days)
    due_on = draw(later(made_on, 60, -5)) or made_on
    number = draw(st.integers(10**6 + 1, 10**7))
    return Request(UUID(int=number), made_on, due_on, draw(later(made_on, 60)))


@st.composite
def dispensations(draw, kinds=tuple(DispensationKind)):
    starts_on = draw(days)
    made_on = draw(later(starts_on, 30, -30)) or starts_on
    ends_on = draw(later(starts_on, 90))
    return Dispensation(draw(st.sampled_from(kinds)), made_on, starts_on, ends_on)


@st.composite
def histories(draw):
    return Facts(
        posts=draw(some(posts(), 4)),
        requirements=draw(
            st.lists(requirements(), max_size=3, unique_by=lambda r: r.id).map(tuple)
        ),
        requests=draw(st.lists(requests(), max_size=2, unique_by=lambda r: r.id).map(tuple)),
        passes=draw(some(days, 4)),
        dispensations=draw(some(dispensations(), 3)),
        left_on=draw(st.none() | days),
        guest_until=draw(st.none() | st.none() | days),
    )


def ids(duty):
    return duty.requirement_id or duty.request_id


def by_id(found):
    return {ids(duty): duty for duty in found.duties}


@given(histories())
def test_each_day_has_one_state_the_worst_of_the_duties_with_the_earliest_due_day(facts):
    for day in DAYS[::3]:
        found = standing(facts, day)
        states = [duty.state for duty in found.duties]
        if covered(facts, DispensationKind.PAUSE, day):
            assert (found.state, found.due_on) == (State.PAUSED, None)
        elif covered(facts, DispensationKind.EXEMPTION, day):
            assert (found.state, found.due_on) == (State.EXEMPT, None)
        elif states:
            worst = max(states, key=lambda state: (state.rank, state is State.LAPSED))
            dues = [duty.due_on for duty in found.duties if duty.due_on]
            assert (found.state, found.due_on) == (worst, min(dues, default=None))
        else:
            passed = any(each <= day for each in facts.passes)
            assert found.state is (State.PASSED if passed else State.NOT_REQUIRED)
            assert (found.due_on, found.valid_until) == (None, None)


def covered(facts, kind, day):
    return any(
        d.kind is kind and d.starts_on <= day and (d.ends_on is None or day <= d.ends_on)
        for d in facts.dispensations
    )


@given(histories())
def test_the_state_of_a_duty_follows_from_its_own_days(facts):
    for day in DAYS[::3]:
        for duty in standing(facts, day).duties:
            if duty.due_on is None:
                assert duty.state in MET
                assert duty.valid_until is None or duty.valid_until >= day
            elif duty.due_on < day:
                assert duty.state is (State.LAPSED if duty.valid_until else State.OVERDUE)
            else:
                soon = duty.due_on <= day + timedelta(14)
                assert duty.state is (State.DUE_SOON if soon else State.ASSIGNED)


@given(histories())
def test_segments_tell_every_day_what_standing_tells(facts):
    found = segments(facts)

    assert (found[0].first, found[-1].last) == (date.min, date.max)
    for day in DAYS:
        segment = found[bisect_right(found, day, key=lambda each: each.first) - 1]
        direct = standing(facts, day)
        assert segment.first <= day <= segment.last
        assert segment.state is direct.state
        assert (segment.due_on, segment.valid_until) == (direct.due_on, direct.valid_until)


@given(histories(), days)
def test_cached_dates_tell_every_day_up_to_which_they_hold(facts, cached_on):
    dates = cached_dates(facts, cached_on)

    for day in (each for each in DAYS if cached_on <= each <= dates.holds_to):
        direct = standing(facts, day)
        assert state_from_dates(dates, day) is direct.state
        assert due_from_dates(dates, day, direct.state) == direct.due_on
        is_valid = direct.state in (State.VALID, State.RENEW_SOON)
        assert end_from_dates(dates, direct.state) == (direct.valid_until if is_valid else None)


@given(histories(), days)
def test_nothing_changes_before_the_next_change(facts, day):
    change = next_change(facts, day) or date.max
    now = standing(facts, day)

    assert change > day
    for each in (each for each in DAYS if day < each < change):
        then = standing(facts, each)
        assert (then.state, then.due_on, then.valid_until) == (
            now.state,
            now.due_on,
            now.valid_until,
        )


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(facts, rng):
    names = ("posts", "requirements", "requests", "passes", "dispensations")
    lists = {name: list(getattr(facts, name)) for name in names}
    for each in lists.values():
        rng.shuffle(each)

    mixed = replace(facts, **{name: tuple(each) for name, each in lists.items()})

    assert segments(mixed) == segments(facts)
    for day in DAYS[::40]:
        assert standing(mixed, day) == standing(facts, day)


@given(histories(), days)
def test_one_pass_more_makes_nothing_worse(facts, passed_on):
    more = replace(facts, passes=(*facts.passes, passed_on))

    for day in DAYS[::3]:
        before, after = standing(facts, day), standing(more, day)
        assert after.state.rank <= before.state.rank
        assert after.due_on is None or (before.due_on and after.due_on >= before.due_on)
        duties = by_id(before)
        assert by_id(after).keys() <= duties.keys()
        for duty in after.duties:
            was = duties[ids(duty)]
            assert duty.state.rank <= was.state.rank
            assert duty.due_on is None or (was.due_on and duty.due_on >= was.due_on)
            if was.state in MET or was.valid_until:
                assert duty.valid_until is None or duty.valid_until >= was.valid_until


@given(histories(), posts())
def test_two_posts_are_never_due_later_than_one(facts, second):
    # An extension was given to a duty, and one post more may be what made it a duty in time.
    kept = tuple(d for d in facts.dispensations if d.kind is not DispensationKind.EXTENSION)
    one = replace(facts, dispensations=kept, left_on=None, guest_until=None)
    two = replace(one, posts=(*one.posts, second))
    known = max(post.recorded_on for post in two.posts)

    for day in (each for each in DAYS[::3] if each >= known):
        duties = by_id(standing(two, day))
        for duty in standing(one, day).duties:
            both = duties[ids(duty)]
            assert both.valid_until == duty.valid_until
            assert (both.due_on or day) <= (duty.due_on or day)


@given(histories())
def test_no_due_day_is_in_the_past_when_what_asks_is_made_or_changed(facts):
    made = {request.id: request.made_on for request in facts.requests}
    for rule in facts.requirements:
        made[rule.id] = max(rule.saved_on, rule.in_force_from, rule.changed_on or date.min)

    for day in DAYS[::3]:
        for duty in standing(facts, day).duties:
            assert duty.due_on is None or duty.due_on >= made[ids(duty)]


@given(histories())
def test_no_due_day_is_in_the_past_when_a_post_is_recorded(facts):
    facts = replace(facts, left_on=None, guest_until=None)
    for recorded_on in {post.recorded_on for post in facts.posts}:
        before = known(facts, recorded_on - timedelta(1))
        after = known(facts, recorded_on)
        # A move in time goes on with what was asked until it, perhaps a week before.
        asked = {
            (ids(duty), duty.due_on)
            for day in (recorded_on + timedelta(n) for n in range(-9, 100))
            for duty in standing(before, day).duties
        }
        for day in (recorded_on + timedelta(n) for n in range(0, 100, 3)):
            for duty in standing(after, day).duties:
                was_asked = (ids(duty), duty.due_on) in asked
                assert was_asked or duty.due_on is None or duty.due_on >= recorded_on


def known(facts, day):
    """The facts as they stood on a day, as far as posts tell."""
    return replace(facts, posts=tuple(post for post in facts.posts if post.recorded_on <= day))


@given(histories())
def test_nobody_comes_back_from_a_pause_to_find_a_rule_just_overdue(facts):
    facts = replace(facts, requests=(), dispensations=breaks_only(facts))
    breaks = joined(Span(d.starts_on, d.ends_on) for d in facts.dispensations)
    for span in breaks:
        back = span.last + timedelta(1)
        for duty in standing(facts, back).duties:
            assert duty.due_on is None or duty.due_on not in span


def breaks_only(facts):
    kinds = (DispensationKind.PAUSE, DispensationKind.EXEMPTION)
    return tuple(d for d in facts.dispensations if d.kind in kinds and d.ends_on)


spans = st.builds(
    lambda first, count: Span(first, first + timedelta(count)), days, st.integers(0, 40)
)


@given(days, st.integers(0, 60), st.lists(spans, max_size=5))
def test_a_term_ends_when_so_many_of_its_days_have_counted(start, count, breaks):
    day, counted = start, 0
    while counted < count or any(day in span for span in breaks):
        day += timedelta(1)
        counted += not any(day in span for span in breaks)

    # A term of no days that begins in a break has no day to count before the first one back.
    assert put_off(start, start + timedelta(count), joined(breaks)) == day


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day, count):
    later = months_after(day, count)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    if later.day != day.day:
        assert later.day < day.day
        assert (later + timedelta(1)).day == 1


@given(
    st.dictionaries(days, st.none() | st.integers(0, 200), min_size=1, max_size=6),
    st.integers(1, 6),
    st.integers(0, 27),
)
def test_valid_until_is_the_best_that_any_use_of_the_credits_gives(credits_on, months, window):
    """A day with a number is recognised learning whose own end is so many days later."""
    rule = Requirement(
        id=UUID(int=1),
        unit="North",
        saved_on=FIRST,
        in_force_from=FIRST,
        every_months=months,
        window_days=window,
    )
    post = Post("North", "nurse", FIRST, None, FIRST)
    own_ends = {d: d + timedelta(n) for d, n in credits_on.items() if n is not None}
    facts = Facts(
        posts=(post,),
        requirements=(rule,),
        passes=tuple(day for day in credits_on if day not in own_ends),
        dispensations=tuple(
            Dispensation(DispensationKind.LEARNING, day, day, end) for day, end in own_ends.items()
        ),
    )

    for day in sorted(credits_on):
        best_end = best(sorted(credits_on), own_ends, months, window, day)
        assert standing(facts, day).valid_until == best_end


def best(days_of_credit, own_ends, months, window, day):
    """The latest end when each credit may start a validity, or carry any that it finds, or not.

    Counted from the day on which the validity began; its own end cuts the first term alone, and may
    be what later terms are counted from instead.
    """
    ways: set[tuple[date, int, date]] = set()  # counted from, terms so far, and the end

    for each in (each for each in days_of_credit if each <= day):
        for start, terms, end in tuple(ways):
            if end - timedelta(window) <= each <= end:
                ways.add((start, terms + 1, months_after(start, (terms + 1) * months)))
        end = months_after(each, months)
        own_end = min(own_ends.get(each, end), end)
        ways.add((each, 1, own_end))
        if own_end < end:
            ways.add((own_end, 0, own_end))
    return max(end for _, _, end in ways)


@given(histories(), days, st.integers(0, 400))
def test_recognised_learning_never_makes_a_validity_shorter(facts, learned_on, own_days):
    own_end = learned_on + timedelta(own_days)
    learned = Dispensation(DispensationKind.LEARNING, learned_on, learned_on, own_end)
    more = replace(facts, dispensations=(*facts.dispensations, learned))

    for day in DAYS[::3]:
        duties = by_id(standing(facts, day))
        for duty in standing(more, day).duties:
            was = duties[ids(duty)]
            assert duty.state.rank <= was.state.rank
            if was.state in MET or was.valid_until:
                assert duty.valid_until is None or duty.valid_until >= was.valid_until
