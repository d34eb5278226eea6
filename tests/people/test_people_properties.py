"""Whatever a people file says: the order of its lines does not matter, and twice is once."""

import csv
import io
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizbot.people.file.in_words import told_people
from quizbot.people.people import Options
from tests.people.people_files import HEAD, TEAM, Files

UNITS = (TEAM, "Northmoor/Police/Child protection", "Northmoor/Council", "Northmoor/Council/New")
JOBS = ("Social worker", "Team manager", "Detective")
NUMBERS = st.integers(0, 5)  # N1 to N5 are here already
ADDRESSES = ["new", "amina", "bashir", "carys", "dylan", "efua"]

# Each number has one name and, perhaps, one address in a file: its own or, now and then, another's.
people = st.one_of(st.just(ADDRESSES), st.permutations(ADDRESSES), st.just([""] * 6))
posts = st.lists(
    st.tuples(
        NUMBERS,
        st.sampled_from(UNITS),
        st.sampled_from(JOBS),
        st.dates(date(2019, 1, 1), date(2027, 6, 1)),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda post: post[:3],
)
options = st.builds(
    Options,
    make_units=st.just(True),
    unit=st.sampled_from(["Northmoor/Council", "Northmoor"]),
    complete=st.booleans(),
)
EACH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def lines_of(called, held):
    """The lines of a file, as HR would write them; nobody manages themselves."""
    found = []
    for number, unit, job, day, chief in held:
        email = called[number] and f"{called[number]}@northmoor.example"
        manager = f"N{chief}" if 0 < chief < 6 and chief != number else ""
        cells = [f"N{number}", f"Person {number}", email, unit, job, str(day), manager]
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(cells)
        found.append(out.getvalue())
    return found


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


def seen(files, lines, chosen, *, head=HEAD):
    """Faults without their lines, or all that the plan tells."""
    with files.service.people.plan(files.write(*lines, head=head), chosen) as plan:
        if plan.is_refused:
            return sorted(fault.column for fault in plan.faults)
        return plan.counts, plan.leaving, plan.new_units(), list(told_people(plan))


@EACH
@given(called=people, held=posts, chosen=options, data=st.data())
def test_the_order_of_lines_does_not_matter(files, called, held, chosen, data):
    lines = lines_of(called, held)
    other = data.draw(st.permutations(lines))

    assert seen(files, lines, chosen) == seen(files, other, chosen)


@EACH
@given(called=people, held=posts, chosen=options, days=st.integers(0, 400))
def test_what_was_taken_in_once_changes_nothing_the_second_time(
    files, clock, called, held, chosen, days
):
    lines = lines_of(called, held)
    service = files.service
    before = clock.at
    clock.at += timedelta(days=days)
    try:
        with service.people.plan(files.write(*lines), chosen) as plan:
            if plan.is_refused:
                return
            service.people.apply(plan, confirm=True)
        with service.people.plan(files.write(*lines), chosen) as again:
            assert again.counts.is_nothing, list(told_people(again))
            assert list(told_people(again)) == []
    finally:
        clock.at = before


@EACH
@given(called=people, held=posts, broken=st.sets(st.integers(0, 7), min_size=1, max_size=3))
def test_good_lines_alone_are_a_file_without_the_others(files, called, held, broken):
    lines = lines_of(called, held)
    for at in broken:
        if at < len(lines):
            lines[at] = lines[at].replace("Northmoor", "Nowhere")

    with files.service.people.plan(files.write(*lines), Options(good_rows=True)) as plan:
        left_out = {fault.line for fault in plan.faults}
        told = list(told_people(plan))
    kept = [line for number, line in enumerate(lines, 2) if number not in left_out]

    if kept:
        with files.service.people.plan(files.write(*kept), Options()) as alone:
            assert [str(fault) for fault in alone.faults] == []
            assert list(told_people(alone)) == told
    else:
        assert told == []
