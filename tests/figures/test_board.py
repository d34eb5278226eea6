"""What is counted for the board, who sees how much of it, and that no view gives another away."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import insert, select, update

from quizbot.access import Role
from quizbot.clock import london_day
from quizbot.demo.roles import ROLES
from quizbot.errors import NotAllowed, NotFound
from quizbot.evidence.agencies import agencies_by_unit
from quizbot.figures.counting import BELIEF, CONFIRMED, OBJECTIVE, STANDING, month_end
from quizbot.rules.suppress import SMALLEST
from quizbot.standing.requirements import Draft
from quizbot.standing.standings import forget
from quizbot.store.tables import (
    attempt,
    attempt_misconception,
    attempt_objective,
    audit,
    board_figure,
    change_action,
    new_id,
    person,
    post,
    to_confirm,
    unit,
)

COUNCIL, POLICE = "Northmoor/Council", "Northmoor/Police"
TODAY = date(2026, 11, 21)


def figures(service, month=date(2026, 11, 1)):
    """What was counted in a month: people and of how many, by module, kind, item and agency."""
    with service.database.reading() as connection:
        rows = connection.execute(select(board_figure).where(board_figure.c.month == month))
        return {(r.module, r.kind, r.item, r.agency): (r.people, r.of_people) for r in rows.all()}


# ---- counting, on both databases -----------------------------------------------------------


@pytest.fixture
def asked(service):
    """Everybody is asked for referrals, and had to have done it long ago."""
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=TODAY - timedelta(days=400),
        within_days=10,
        every_months=12,
        reason="Induction.",
    )
    service.rules.save(draft, draft.fingerprint)
    return service


def took(service, who, at, *, passed=True, shown=True, met=()):
    """An assured attempt as if taken: its first two questions, and what they showed."""
    edition = service.editions.current("referrals")
    asked = [q for q in edition.module.asked if q.beliefs()][:2]
    attempt_id = new_id()
    with service.database.writing() as connection:
        forget(connection, [who])
        connection.execute(
            insert(attempt).values(
                id=attempt_id,
                person_id=who,
                module="referrals",
                edition_id=edition.id,
                mode="assured",
                plan=str([[q.id, "abc"] for q in asked]).replace("'", '"'),
                started_at=at,
                submitted_at=at,
                passed=passed,
                share=1.0 if passed else 0.5,
            )
        )
        connection.execute(
            insert(attempt_objective).values(
                attempt_id=attempt_id,
                objective="recognise",
                asked=2,
                right_count=2 if shown else 1,
            )
        )
        for belief in met:
            connection.execute(
                insert(attempt_misconception).values(
                    attempt_id=attempt_id, question_id=asked[0].id, misconception=belief
                )
            )
    return asked


def test_people_are_counted_in_their_agency_with_denominators(asked, people, clock):
    questions = took(asked, people.amina, clock() - timedelta(days=3))
    took(asked, people.bashir, clock(), passed=False, shown=False, met=questions[0].beliefs()[:1])

    asked.counting.month(TODAY)

    found = figures(asked)
    assert found["referrals", STANDING, "", COUNCIL] == (1, 2)
    assert found["referrals", STANDING, "", POLICE] == (0, 2)
    assert found["referrals", OBJECTIVE, "recognise", COUNCIL] == (1, 1)
    assert found["referrals", OBJECTIVE, "recognise", POLICE] == (0, 1)
    assert {kind for _, kind, _, _ in found} == {STANDING, OBJECTIVE}  # no misconception


def test_only_the_latest_submitted_attempt_tells_what_is_shown(asked, people, clock):
    took(asked, people.amina, clock() - timedelta(days=3), passed=False, shown=False)
    took(asked, people.amina, clock() - timedelta(days=2))

    asked.counting.month(TODAY)

    assert figures(asked)["referrals", OBJECTIVE, "recognise", COUNCIL] == (1, 1)


def test_somebody_with_two_posts_is_counted_once_where_they_are_longest(asked, people):
    with asked.database.writing() as connection:
        there = connection.execute(
            select(unit.c.id).where(unit.c.path == f"{POLICE}/Child protection")
        ).scalar_one()
        connection.execute(
            insert(post).values(
                id=new_id(),
                person_id=people.amina,
                unit_id=there,
                job="Detective",
                starts_on=date(2026, 6, 1),
                recorded_on=date(2026, 6, 1),
            )
        )

    asked.counting.month(TODAY)

    assert figures(asked)["referrals", STANDING, "", COUNCIL][1] == 2
    assert figures(asked)["referrals", STANDING, "", POLICE][1] == 2


def test_who_has_left_is_not_counted(asked, people):
    with asked.database.writing() as connection:
        connection.execute(
            update(person).where(person.c.id == people.amina).values(left_on=date(2026, 11, 1))
        )

    asked.counting.month(TODAY)

    assert figures(asked)["referrals", STANDING, "", COUNCIL] == (0, 1)


def at_once(pieces):
    """What comes of something that is done piece by piece."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


def test_today_by_the_cache_and_by_the_facts_is_the_same(asked, people, clock):
    took(asked, people.amina, clock() - timedelta(days=3))
    asked.standings.renew_cache()
    counting = asked.counting

    with asked.database.reading() as connection:
        by_cache, by_facts = (
            at_once(counting._figures(connection, TODAY, from_cache=flag)) for flag in (True, False)
        )

    assert by_cache == by_facts


def test_a_month_that_has_ended_stays_as_it_was_counted(asked, people, clock):
    asked.counting.month(date(2026, 10, 31))
    before = figures(asked, date(2026, 10, 1))
    took(asked, people.amina, datetime(2026, 10, 5, tzinfo=UTC))

    asked.counting.month(date(2026, 10, 31))

    assert figures(asked, date(2026, 10, 1)) == before


def test_the_first_night_of_a_month_closes_the_one_before(asked, people, clock):
    list(asked.counting.night(TODAY))
    took(asked, people.amina, datetime(2026, 11, 30, 16, tzinfo=UTC))
    clock.at = datetime(2026, 12, 1, 6, tzinfo=UTC)

    list(asked.counting.night(date(2026, 12, 1)))

    closed = figures(asked)["referrals", STANDING, "", COUNCIL]
    assert closed == (1, 2)
    assert figures(asked, date(2026, 12, 1))["referrals", STANDING, "", COUNCIL] == (1, 2)


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 2, 1), 28), (date(2024, 2, 1), 29), (date(2026, 12, 1), 31)]
)
def test_months_end_where_they_do(first, last):
    assert month_end(first).day == last


# ---- who sees what -------------------------------------------------------------------------


def test_the_board_is_closed_to_practitioners_and_managers(asked, people):
    asked.counting.month(TODAY)

    for who in (people.amina, people.carys):
        with pytest.raises(NotAllowed, match="leads and auditors"):
            asked.board.view(who)
        with pytest.raises(NotAllowed):
            asked.board.export(who)


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR])
def test_who_leads_or_audits_one_agency_sees_it_and_the_whole(asked, people, role):
    asked.people.grant("dylan@northmoor.example", role, POLICE)
    asked.counting.month(TODAY)

    view = asked.board.view(people.dylan)

    assert view.agencies == (POLICE,)
    assert view.agency == POLICE
    for figure in view.figures:
        assert [line.agency for line in figure.all_lines] == ["All agencies", "Police"]
    with pytest.raises(NotFound):
        asked.board.view(people.dylan, agency=COUNCIL)


def test_who_leads_a_team_alone_sees_the_whole(asked, people):
    asked.people.grant("dylan@northmoor.example", Role.LEAD, f"{POLICE}/Child protection")
    asked.counting.month(TODAY)

    assert asked.board.view(people.dylan).agencies == ()


@pytest.mark.parametrize(
    "wanted",
    [
        {"month": "2026-13"},
        {"month": "2026-1"},
        {"month": "november"},
        {"month": "2026-11-21"},
        {"month": "٢٠٢٦-١١"},
        {"month": "2019-01"},
        {"module": "no-such"},
        {"agency": "Northmoor"},
        {"agency": "Northmoor/Council/Assessment"},
        {"agency": "' OR 1=1"},
    ],
)
def test_months_modules_and_agencies_that_are_none_are_not_found(asked, people, wanted):
    asked.counting.month(TODAY)

    with pytest.raises(NotFound):
        asked.board.view(people.efua, **wanted)


def test_before_anything_is_counted_there_is_nothing_to_see(service, people):
    assert service.board.view(people.efua) is None


# ---- on a whole partnership ----------------------------------------------------------------


def test_the_counts_are_those_of_going_from_person_to_person(demo):
    today, modules = demo.standings.today(), demo.standings.modules()
    expected: Counter = Counter()
    with demo.database.reading() as connection:
        agencies = agencies_by_unit(connection)
        home = {}
        for row in connection.execute(select(post).order_by(post.c.starts_on.desc())):
            home[row.person_id] = agencies.get(row.unit_id)
        standings = demo.standings.of(connection, list(home), modules, today)
        latest = {}
        confirmed = set()
        for row in connection.execute(
            select(attempt).order_by(attempt.c.submitted_at, attempt.c.id)
        ):
            if not row.scope:
                latest[row.person_id, row.module] = row.id
            elif row.passed:
                confirmed.add((row.person_id, row.scope.partition(":")[0]))
        whose = {attempt_id: key for key, attempt_id in latest.items()}
        for row in connection.execute(select(attempt_objective)):
            if row.attempt_id in whose:
                who, module = whose[row.attempt_id]
                key = (module, OBJECTIVE, row.objective, home[who])
                expected[(*key, "of")] += 1
                expected[(*key, "people")] += row.asked == row.right_count
        for row in connection.execute(
            select(change_action.c.change, change_action.c.asked_in, to_confirm.c.person_id)
            .join(to_confirm, to_confirm.c.action_id == change_action.c.id)
            .where(change_action.c.withdrawn_on.is_(None))
        ):
            who = row.person_id
            key = (row.asked_in, CONFIRMED, row.change, home[who])
            has_met = (who, row.change) in confirmed
            is_set_aside = standings[who, row.asked_in].state in ("paused", "exempt")
            expected[(*key, "of")] += has_met or not is_set_aside
            expected[(*key, "people")] += has_met
    for (who, module), standing in standings.items():
        key = (module, STANDING, "", home[who])
        expected[(*key, "of")] += standing.state.rank > 0
        expected[(*key, "people")] += standing.state in ("valid", "renew-soon")

    for key, (people, of) in figures(demo, today.replace(day=1)).items():
        assert (people, of) == (expected[(*key, "people")], expected[(*key, "of")]), key
    counted = set(figures(demo, today.replace(day=1)))
    assert counted >= {key[:-1] for key, n in expected.items() if n and key[3] is not None}


def every_view(demo):
    """All that anybody can open: every viewer, month, questionnaire and agency; page and file."""
    demo.people.grant(ROLES["manager"], Role.AUDITOR, COUNCIL)
    lead, auditor = (demo.people.whose(ROLES[role]) for role in ("lead", "manager"))
    whole = demo.board.view(lead)
    months = [f"{month:%Y-%m}" for month in whole.months]
    for month, (module, _), agency in product(months, whole.modules, ["", *whole.agencies]):
        yield demo.board.view(lead, month, module, agency)
        if agency in ("", COUNCIL):
            yield demo.board.view(auditor, month, module, agency)
    for month in months:
        yield demo.board.export(lead, month)
        yield demo.board.export(auditor, month)


def test_all_views_together_tell_each_number_alike_and_none_that_is_withheld(demo):
    seen: dict = {}
    for view in every_view(demo):
        for figure in view.figures:
            for line in figure.all_lines:
                key = (view.month, figure.module, figure.kind, figure.item, line.agency)
                assert seen.setdefault(key, line) == line
        for month in view.trend:
            for line in filter(None, (month.whole, month.own)):
                key = (month.month, view.module, STANDING, "", line.agency)
                assert seen.setdefault(key, line) == line

    assert any(line.is_withheld for line in seen.values())
    parts: dict = {}
    for (*figure, agency), line in seen.items():
        parts.setdefault(tuple(figure), {})[agency] = line
        if line.is_about:
            continue
        rest = None if line.people is None or line.of is None else line.of - line.people
        for number in (line.people, line.of, rest):
            assert number is None or number == 0 or number >= SMALLEST
    for lines in parts.values():
        total = lines.pop("All agencies")
        told = [line for line in lines.values() if line.people is not None or line.step]
        small = [line.of for line in lines.values() if line not in told and line.of is not None]
        if total.of is not None:
            left = total.of - sum(line.of for line in told)
            assert left == (sum(small) if len(small) > 1 else 0)


def test_the_file_has_the_numbers_of_the_page(demo):
    lead = demo.people.whose(ROLES["lead"])
    page, file = demo.board.view(lead), demo.board.export(lead)

    titles, *rows = file.rows()

    assert titles[2:8] == ("Agency", "Questionnaire", "Figure", "What", "People", "Of")
    told = {row[2:6]: row[6:8] for row in rows}
    for figure in page.figures:
        for line in figure.all_lines:
            kind = {
                STANDING: "In date",
                OBJECTIVE: "Objective",
                BELIEF: "Misconception",
                CONFIRMED: "Change of guidance",
            }
            (key,) = [
                key
                for key in told
                if key[:2] == (line.agency, figure.title)
                and key[2].startswith(kind[figure.kind])
                and key[3] == figure.label
            ]
            words = ["withheld" if n is None else str(n) for n in (line.people, line.of)]
            if figure.kind == BELIEF:
                words[1] = ""
            if line.is_about:
                words[0] = f"about {words[0]}"
            assert told[key] == (line.step or words[0], words[1])


def test_totals_are_the_sum_of_the_agencies(demo):
    view = demo.board.export(demo.people.whose(ROLES["lead"]))
    whole = [f for f in view.figures if not any(line.is_withheld for line in f.all_lines)]

    assert whole
    for figure in whole:
        assert figure.total.people == sum(line.people for line in figure.lines)
        assert figure.total.of == sum(line.of for line in figure.lines)


def test_taking_the_file_is_recorded(demo):
    lead = demo.people.whose(ROLES["lead"])

    demo.board.export(lead)

    with demo.database.reading() as connection:
        last = connection.execute(select(audit).order_by(audit.c.number.desc())).first()
    assert (last.action, last.actor) == ("board.export", str(lead))
    assert f"{london_day(demo.now()):%Y-%m}" in last.details


def test_a_report_of_a_month_counts_it_when_it_was_not(demo):
    view = demo.board.report("2026-03")

    assert (view.month, view.counted_on) == (date(2026, 3, 1), date(2026, 3, 31))
    with pytest.raises(NotFound, match="has not begun"):
        demo.board.report("2026-12")


def test_a_claim_has_its_denominator_and_interval(demo):
    claims = [figure.claim for figure in demo.board.report().completion]

    for claim in claims:
        assert " of " in claim or "nobody is asked" in claim or "too small" in claim
    assert any("95% interval" in claim for claim in claims)
    assert any("too small" in claim for claim in claims)


def test_guests_are_not_counted(asked, people, service):
    asked.counting.month(TODAY)
    before = figures(asked)
    guest = service.people.invite_guest(
        people.carys, "Gus Guest", "gus@elsewhere.example", date(2026, 12, 20)
    )
    service.requests.ask(people.carys, [guest], ["referrals"], date(2026, 12, 10), "")

    asked.counting.month(TODAY)

    assert figures(asked) == before
