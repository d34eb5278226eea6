"""What a team is to confirm: each change once, the late first; pure."""

from datetime import date
from uuid import UUID

from quizbot.figures.team.cells import TeamLine
from quizbot.figures.team.to_confirm import change_cells, changes_of
from quizbot.rules.due import Standing, State
from quizbot.standing.confirming import Confirming

SOON, LATER = date(2027, 1, 31), date(2027, 3, 1)


def asked(state=State.ASSIGNED, *, change="c1", action=1, due_on=SOON, **given):
    return Confirming(
        action_id=UUID(int=action),
        person_id=UUID(int=9),
        change=change,
        was="Ask first.",
        now="Tell at once.",
        matters=f"Mind {change}.",
        asked_in="tea",
        made_on=date(2026, 12, 1),
        due_on=due_on,
        withdrawn_on=given.get("withdrawn_on"),
        standing=Standing(state, due_on, None, None, ()) if state else None,
        met_on=given.get("met_on"),
    )


def line(name, *confirming):
    return TeamLine(UUID(int=len(name)), name, (), change_cells(confirming, ["tea"]))


def test_asked_twice_the_most_urgent_counts():
    (cell,) = change_cells([asked(due_on=LATER, action=2), asked(State.OVERDUE)], ["tea"])

    assert (cell.words, cell.kind, cell.due_on, cell.is_late) == ("Late", "overdue", SOON, True)


def test_each_state_has_its_words():
    said = {
        state: change_cells([asked(state)], ["tea"])[0].words
        for state in (State.ASSIGNED, State.DUE_SOON, State.OVERDUE, State.PAUSED, State.EXEMPT)
    }

    assert list(said.values()) == ["To confirm", "To confirm soon", "Late", "Paused", "Exempt"]


def test_what_was_taken_back_or_is_of_another_module_is_left_out():
    back = asked(None, withdrawn_on=SOON, met_on=SOON)

    assert change_cells([back], ["tea"]) == ()
    assert change_cells([asked()], ["coffee"]) == ()
    assert change_cells([asked(None)], ["tea"]) == ()


def test_the_late_come_first_and_the_confirmed_last():
    met = asked(None, met_on=SOON)
    lines = [line("Ann", met), line("Bert", asked()), line("Carol", asked(State.OVERDUE))]

    (change,) = changes_of(lines)

    assert [one.name for one in change.people] == ["Carol", "Bert", "Ann"]
    assert [one.name for one in change.left] == ["Carol", "Bert"]
    assert (change.share, change.late) == ("1 of 3 has confirmed it", 1)


def test_the_change_of_which_most_is_late_comes_first():
    first, second = asked(change="c1"), asked(State.OVERDUE, change="c2", action=2)

    found = changes_of([line("Ann", first, second), line("Bert", first)])

    assert [(one.matters, len(one.people)) for one in found] == [("Mind c2.", 1), ("Mind c1.", 2)]
