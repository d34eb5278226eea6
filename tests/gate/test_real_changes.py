"""The changes of 2018 to 2026 as entered: what each touches, and whom it could ask for anything."""

from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest

from questions.changing import findings, weigh
from questions.kinds import Verdict
from questions.register import ChangeKind, Doubt, shipped_register
from questions.touching import OWN, Touch
from quizbot.rules.pick import Mode, may_ask, plan_for_changes, why_not
from tests.gate.samples import TODAY, the_place
from tests.shipped import every_bank

REGISTER = shipped_register()
BY_THE_SHEET = [
    [cell.strip() for cell in line.split("|")]
    for line in Path(__file__).with_name("changes_by_the_sheet.txt").read_text().splitlines()
    if not line.startswith("#")
]
SHEET = [f"k{number:02}" for number in range(1, 31)]
KINDS = {"r": ChangeKind.REVERSED, "n": ChangeKind.NEW_DUTY}


def modules():
    return [bank.module for bank in every_bank() if bank.module is not None]


def is_on(name):
    return the_place().is_on(name)


def is_off(_name):
    return False


@cache
def weighed(switches=is_on, day=TODAY):
    changes = REGISTER.changes.values()
    return {change.id: weigh(change, modules(), switches, day) for change in changes}


def could_ask(switches=is_on, day=TODAY):
    return {id_ for id_, one in weighed(switches, day).items() if not one.asks_nobody}


@pytest.fixture(params=sorted(REGISTER.changes))
def change(request):
    return REGISTER.changes[request.param]


def test_all_thirty_of_the_sheet_are_there_and_hold_together():
    assert sorted({id_.partition("-")[0] for id_ in REGISTER.changes}) == SHEET
    assert REGISTER.findings == ()


def entered(row):
    """What the register has of a row of the sheet, in the order of its file."""
    return [one for id_, one in REGISTER.changes.items() if id_.partition("-")[0] == row[0]]


by_row = pytest.mark.parametrize("row", BY_THE_SHEET, ids=[row[0] for row in BY_THE_SHEET])


def test_the_sheet_has_thirty_rows():
    assert [row[0] for row in BY_THE_SHEET] == SHEET


@by_row
def test_each_is_in_force_when_the_sheet_says(row):
    days = {str(one.in_force) for one in entered(row)}

    if row[2] == "FUTURE":
        assert days == {"None"}
    elif row[0] == "k24":  # spring 2023: its last day, of which there is doubt enough to hold it
        assert days == {"2023-05-31"}
    else:
        assert days == {row[1]}


@by_row
def test_nothing_became_another_answer_but_what_the_sheet_names(row):
    flips = (
        {} if row[6] == "-" else {one.rstrip("rn"): KINDS.get(one[-1]) for one in row[6].split()}
    )
    found = {fact: one.kind for one in entered(row) for fact in one.facts}
    flips = {fact: kind or ChangeKind.FUTURE for fact, kind in flips.items()}

    assert found == flips


@by_row
def test_it_touches_the_facts_of_the_sheet_and_no_others(row):
    named = {one.rstrip("rn") for cell in row[6:] for one in cell.split() if one != "-"}

    assert {fact for one in entered(row) for fact in (*one.facts, *one.cites)} == named


@by_row
def test_doubt_is_as_in_the_sheet(row):
    assert [one.doubt for one in entered(row) if one.id != "k01-traced"] == row[3].split()
    assert {one.date_doubt for one in entered(row)} == {row[4]}


@by_row
def test_what_is_done_of_it_is_what_the_sheet_says(row):
    for one in entered(row):
        asks = one.kind.may_ask and one.doubt.is_small and one.date_doubt.is_small
        if row[2] == "RE-CONFIRM":
            assert asks
        elif row[2] == "HOLD":
            assert not one.doubt.is_small
        elif row[2] == "FUTURE":
            assert one.kind is ChangeKind.FUTURE
        else:  # told; of the standing of the guidance alone somebody may be asked
            assert asks == (one.id == "k03-standing")


@by_row
def test_it_is_for_all_where_the_sheet_says_so(row):
    assert {one.is_for_all for one in entered(row)} == {row[5] == "all"}


def test_every_question_that_they_touch_is_decided():
    undecided = [
        (id_, touched.question.id) for id_, one in weighed().items() for touched in one.undecided
    ]

    assert undecided == []


def test_two_of_them_touch_nothing_yet_and_everything_else_in_the_register_is_used():
    lines = [str(f) for f in findings(REGISTER, list(weighed().values()), modules())]

    assert [line.partition(":")[0] for line in lines] == [
        "changes/acts.toml, k24-clares-law",
        "changes/schools.toml, k19-schools-2025",
    ]


def test_these_could_ask_somebody_today_and_no_others():
    assert could_ask() == {
        "k01-consent",
        "k01-traced",
        "k02-duty-to-share",
        "k03-standing",
        "k06-lead-partners",
        "k09-care-leavers",
        "k23-marriage-at-18",
    }


def test_of_somebody_who_passed_in_2025_only_those_of_september_2026_could_ask():
    later = {id_ for id_ in could_ask() if weighed()[id_].starts_on > date(2025, 12, 31)}

    assert later == {"k02-duty-to-share", "k03-standing"}


def test_where_the_duty_to_share_is_switched_off_it_asks_nobody():
    assert could_ask() - could_ask(is_off) == {"k02-duty-to-share"}


def test_before_its_day_a_change_asks_nobody():
    assert "k02-duty-to-share" not in could_ask(day=date(2026, 9, 29))
    assert "k02-duty-to-share" in could_ask(day=date(2026, 9, 30))


def test_working_together_2026_sends_nobody_back_however_many_passes_rest_on_it():
    of_2026 = [
        one
        for one in weighed().values()
        if one.change.source == "working-together" and one.change.after == "2026"
    ]

    assert len(of_2026) == 5
    assert sum(len(one.touched) for one in of_2026) > 200
    for one in of_2026:
        assert one.change.kind is ChangeKind.WORDING
        assert {touched.how for touched in one.touched} == {Touch.MENTION}
        assert one.asks_nobody == ("it is wording: nobody's answer became wrong",)


def test_and_no_questionnaire_stops_for_it():
    for module in modules():
        assert why_not(module, Mode.ASSURED, TODAY) == ""


def test_what_has_not_been_read_is_in_doubt_and_asks_nobody():
    doubted = {id_ for id_, one in REGISTER.changes.items() if not one.doubt.is_small}

    assert doubted == {
        "k03-content",
        "k05-who-leads-section-17",
        "k14-family-help",
        "k20-schools-2026",
        "k26-education-inside",
    }
    assert not doubted & could_ask()


def test_what_is_to_come_asks_nobody_and_holds_nothing_back():
    to_come = [id_ for id_, one in REGISTER.changes.items() if one.kind is ChangeKind.FUTURE]

    assert [id_.partition("-")[0] for id_ in sorted(to_come)] == SHEET[24:]
    assert not {*to_come} & could_ask()
    assert all(weighed()[id_].starts_on is None for id_ in to_come)


def test_a_change_whose_date_is_in_doubt_waits_for_somebody_to_look_it_up():
    asks_nobody = weighed()["k24-clares-law"].asks_nobody

    assert "there is doubt of its date (medium): look it up" in asks_nobody
    assert REGISTER.changes["k24-clares-law"].date_doubt is Doubt.MEDIUM


def test_each_that_could_ask_has_questions_of_its_own_in_one_module_that_may_count():
    known = {question.id: question for module in modules() for question in module.asked}

    for id_ in could_ask():
        one = weighed()[id_]
        assert len(one.own) >= OWN
        assert all(may_ask(known[question], Mode.ASSURED, TODAY) for question in one.own)


def test_of_each_that_could_ask_an_update_can_be_made_and_another_with_other_questions():
    known = {module.id: module for module in modules()}

    for id_ in could_ask():
        module = known[weighed()[id_].asked_in]
        plan, parts = plan_for_changes(module, [id_], TODAY, {}, Random(1))
        assert [(part.change, part.count) for part in parts] == [(id_, 2)], id_
        again, _ = plan_for_changes(
            module, [id_], TODAY, dict.fromkeys([p.question_id for p in plan], 1), Random(2)
        )
        assert {p.question_id for p in again} != {p.question_id for p in plan} or len(
            weighed()[id_].own
        ) == OWN, id_


def test_what_is_decided_new_rests_on_the_change_or_is_held(change):
    for touched in weighed()[change.id].touched:
        if touched.verdict is Verdict.NEW and touched.how is Touch.MENTION:
            assert change.id == "k06-lead-partners" or touched.question.check
        if not change.doubt.is_small and touched.verdict is Verdict.NEW:
            assert touched.question.check


def test_was_now_and_what_matters_are_short_enough_for_a_telephone(change):
    assert len(change.was.split()) + len(change.now.split()) <= 80
    assert len(change.matters.split()) <= 25
