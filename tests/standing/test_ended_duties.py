"""What is overdue does not end unseen: edits tell it, ask, and are kept; rules' health shows it."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import MustConfirm, Refused
from quizbot.people.forms import NewPost
from quizbot.people.people import Options
from quizbot.rules.due import State
from quizbot.standing.requirements import A_GAP, Draft
from quizbot.store.tables import audit, requirement
from tests.people.people_files import Files

TODAY = date(2027, 3, 1)
SINCE = date(2026, 12, 5)
TEAM = "Northmoor/Council/Assessment"
POLICE = "Northmoor/Police/Child protection"
LINE = "Amina Rahman: Referrals, overdue since 5 December 2026, then"


@pytest.fixture
def units(service):
    return {line.path: line.unit_id for line in service.people.units()}


@pytest.fixture
def rule(service, clock):
    """Everybody in the council had until 5 December; now it is March."""
    draft = Draft(
        unit="Northmoor/Council",
        modules=("referrals",),
        in_force_from=date(2025, 1, 1),
        within_days=30,
        grace_days=14,
        reason="Everybody needs it.",
    )
    (rule_id,) = service.rules.save(draft, draft.fingerprint)
    clock.forward(days=100)
    return rule_id


@pytest.fixture
def post_of_amina(service, people):
    (held,) = service.finder.card(people.efua, people.amina).open_posts
    return held.post_id


def state(service, person_id):
    (duty,) = service.duties.mine(person_id)
    return duty.state, duty.due_on


def kept(service):
    """What the trail keeps of overdue duties that ended: by which act, whose, since when."""
    with service.database.reading() as connection:
        rows = connection.execute(
            select(audit.c.details).where(audit.c.action == "duty.end").order_by(audit.c.number)
        ).scalars()
        return [(told["by"], told["overdue"]) for told in map(json.loads, rows)]


def health(service, lead):
    told = service.rules.health(lead)
    return [f"{one.name}: {one.words}" for why in told if why.why == A_GAP for one in why.people]


def asks(edit, *lines):
    """The edit is refused with these lines, until somebody says that it is meant."""
    with pytest.raises(MustConfirm) as refused:
        edit()
    assert len(refused.value.lines) == len(lines)
    for told, line in zip(refused.value.lines, lines, strict=True):
        assert told.startswith(line)
    edit(confirm=True)


def test_a_post_ended_a_fortnight_ago_and_begun_anew_washes_nothing_away(
    service, people, units, rule, post_of_amina
):
    assert state(service, people.amina) == (State.OVERDUE, SINCE)

    def end(**given):
        ended_on = TODAY - timedelta(days=14)
        service.staff.change_post(people.efua, post_of_amina, "Worker", "N3", ended_on, **given)

    def begin(**given):
        new = NewPost(units[TEAM], "Worker", TODAY, "N3")
        service.staff.add_post(people.efua, people.amina, new, **given)

    asks(end, f"{LINE} asked for no more")
    asks(begin, f"{LINE} due on 31 March 2027")

    assert state(service, people.amina) == (State.ASSIGNED, date(2027, 3, 31))
    was = [[str(people.amina), "referrals", "2026-12-05"]]
    assert kept(service) == [("post.change", was), ("post.add", was)]
    (line,) = health(service, people.efua)
    assert line == (
        "Amina Rahman: Referrals, overdue from 5 December 2026 until 15 February 2027,"
        " and now due on 31 March 2027"
    )
    shown = service.trail.actions()
    assert ("duty.end", "Overdue duties ended or begun anew by a change") in shown


def test_nothing_is_changed_until_it_is_confirmed(service, people, rule, post_of_amina, tmp_path):
    before = Files(service, tmp_path).everything()

    with pytest.raises(MustConfirm, match="say that it is meant, or leave it"):
        service.staff.change_post(people.efua, post_of_amina, "Worker", "N3", TODAY)

    assert Files(service, tmp_path).everything() == before
    assert kept(service) == []


def test_leaving_and_coming_back_after_a_gap_is_asked_about(service, people, units, rule):
    service.staff.leave(people.efua, people.amina, TODAY - timedelta(days=14))
    assert health(service, people.efua) == []

    def back(**given):
        new = NewPost(units[TEAM], "Worker", TODAY, "N3")
        service.staff.add_post(people.efua, people.amina, new, **given)

    asks(back, f"{LINE} due on 31 March 2027")


def test_a_move_beyond_the_rule_is_asked_about_and_one_within_it_is_not(
    service, people, units, rule, post_of_amina
):
    def move(path, **given):
        new = NewPost(units[path], "Worker", TODAY, "N3")
        service.staff.add_post(people.efua, people.amina, new, post_of_amina, **given)

    asks(lambda **given: move(POLICE, **given), f"{LINE} asked for no more")
    assert health(service, people.efua)


def test_a_move_within_the_rule_keeps_what_is_overdue(service, people, units, rule, post_of_amina):
    new = NewPost(units["Northmoor/Council"], "Worker", TODAY, "N3")

    service.staff.add_post(people.efua, people.amina, new, post_of_amina)

    assert state(service, people.amina) == (State.OVERDUE, SINCE)
    assert (kept(service), health(service, people.efua)) == ([], [])


def test_a_post_that_will_end_is_asked_about_today(service, people, rule, post_of_amina):
    def end(**given):
        ends_on = TODAY + timedelta(days=30)
        service.staff.change_post(people.efua, post_of_amina, "Worker", "N3", ends_on, **given)

    asks(end, f"{LINE} asked for no more")


def test_a_part_of_somebodys_posts_may_end_only_knowingly(service, people, units, rule):
    new = NewPost(units[POLICE], "Adviser", TODAY, "N4")
    service.staff.add_post(people.efua, people.amina, new)
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Council")

    def leave(**given):
        service.staff.leave(people.carys, people.amina, TODAY, **given)

    asks(leave, f"{LINE} asked for no more")


def test_a_unit_is_not_moved_from_under_its_rule_unseen(service, people, units, rule):
    def move(**given):
        to = units["Northmoor/Police"]
        service.units.move(people.efua, units[TEAM], to, **given)

    asks(move, LINE, "Carys Evans: Referrals, overdue since")
    assert [by for by, _ in kept(service)] == ["unit.move"]


def test_a_rule_ends_only_knowingly_and_is_not_made_again_unseen(service, people, rule, clock):
    def end(**given):
        service.rules.end(rule, TODAY, people.efua, **given)

    asks(end, LINE, "Carys Evans: Referrals, overdue since")
    clock.forward(days=1)
    draft = Draft(
        unit="Northmoor/Council", modules=("referrals",), in_force_from=date(2027, 3, 2),
        within_days=30, grace_days=14, reason="Again.",
    )  # fmt: skip
    service.rules.save(draft, draft.fingerprint)

    assert state(service, people.amina) == (State.DUE_SOON, date(2027, 3, 16))
    assert [by for by, _ in kept(service)] == ["requirement.end"]
    assert len(health(service, people.efua)) == 2
    assert "now due on 16 March 2027" in health(service, people.efua)[0]


def test_a_milder_rule_tells_in_its_preview_what_it_would_end(service, people, rule):
    line = service.rules.one(rule)
    milder = replace(line.draft, within_months=24)

    preview = service.rules.preview(milder, people.efua, rule)

    assert [told.startswith("Amina Rahman") for told in preview.ended] == [True]
    asks(
        lambda **given: service.rules.change(
            rule, milder, milder.fingerprint, people.efua, **given
        ),
        LINE,
    )
    with service.database.reading() as connection:
        assert connection.execute(select(requirement.c.changed_on)).scalar() is None


def test_what_is_not_overdue_ends_without_a_question(service, people, units, post_of_amina):
    new = NewPost(units[POLICE], "Worker", TODAY, "N4")

    service.staff.add_post(people.efua, people.amina, new, post_of_amina)

    assert kept(service) == []


AMINA = "N1,Amina Rahman,amina@northmoor.example"


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


@pytest.mark.parametrize(
    ("lines", "options", "told"),
    [
        # A complete file that has her elsewhere, under no rule.
        (
            [
                f"{AMINA},{POLICE},Worker,2027-03-01,N4",
                f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,",
            ],
            {"unit": "Northmoor/Council", "complete": True},
            [f"{LINE} asked for no more"],
        ),
        # Her post begins later than was known.
        ([f"{AMINA},{TEAM},Social worker,2027-02-22,N3"], {}, [f"{LINE} due on 24 March 2027"]),
        # Or earlier, which is news: nothing is due before it was known.
        ([f"{AMINA},{TEAM},Social worker,2025-01-06,N3"], {}, [f"{LINE} due on 15 March 2027"]),
    ],
)
def test_a_people_file_ends_what_is_overdue_only_when_that_is_confirmed(
    service, people, files, rule, lines, options, told
):
    with service.people.plan(files.write(*lines), Options(**options)) as plan:
        assert [ended.words for ended in plan.ends] == told
        assert "1 overdue duty would end or begin anew." in plan.warning
    with pytest.raises(Refused, match="overdue duty"):
        files.take(*lines, **options)

    files.take(*lines, **options, confirm=True)

    assert kept(service) == [("people.import", [[str(people.amina), "referrals", "2026-12-05"]])]
    assert state(service, people.amina)[0] is not State.OVERDUE


def test_who_comes_back_by_a_people_file_is_told_of(service, people, files, rule):
    service.staff.leave(people.efua, people.amina, TODAY - timedelta(days=14))
    line = f"{AMINA},{TEAM},Worker,2027-03-01,N3"

    with service.people.plan(files.write(line), Options()) as plan:
        assert [ended.words for ended in plan.ends] == [f"{LINE} due on 31 March 2027"]


@pytest.mark.parametrize(
    "line",
    [
        f"{AMINA},{TEAM},Social worker,2026-01-05,N5",  # another manager
        f"{AMINA},{POLICE},Adviser,2027-03-01,N4",  # a second post
        f"N9,Gwen Okafor,,{TEAM},Social worker,2027-03-01,N3",  # somebody new
    ],
)
def test_a_people_file_that_leaves_the_duty_alone_asks_nothing(service, people, files, rule, line):
    with service.people.plan(files.write(line), Options()) as plan:
        assert plan.ends == []


def test_whoever_leaves_by_a_people_file_owes_nothing(service, people, files, rule):
    line = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,"

    with service.people.plan(files.write(line), Options(unit=TEAM, complete=True)) as plan:
        assert (plan.counts.left, plan.ends) == (1, [])
