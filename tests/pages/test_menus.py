"""Steps to put in order and pairs to put together: menus, all or nothing, nothing lost."""

from datetime import date

import pytest

from questions.bank import SHIPPED, read_bank
from questions.kinds import Input
from quizbot.rules.pick import Mode


@pytest.fixture(params=["in-order", "match"])
def menu_page(request, amina_page, service, people):
    """Amina on a practice question with menus, and the question."""
    bank = read_bank(SHIPPED / "section-47", service.place, date(2026, 11, 21))
    service.editions.publish([bank], service.place)
    module = "section-47"
    for _ in range(40):
        attempt_id = service.attempts.start(people.amina, module, Mode.PRACTICE)
        number = 0
        while (number := service.attempts.where(people.amina, attempt_id) or 0) > 0:
            turn = service.attempts.turn(people.amina, attempt_id, number)
            if turn.question.kind == request.param:
                amina_page.get(f"/attempts/{attempt_id}/questions/{number}")
                return amina_page, turn
            letters = turn.question.shown(turn.question.key, turn.order)
            service.attempts.answer(people.amina, attempt_id, number, letters)
    raise AssertionError("no question with menus was asked")


def replies(letters):
    """The fields of a form, one a menu."""
    return {f"reply-{number}": letter for number, letter in enumerate(letters, 1)}


def test_a_menu_is_there_for_each_place_and_shows_no_order(menu_page):
    visitor, turn = menu_page

    menus = visitor.page.tree.all("select")

    assert turn.question.input is Input.MENUS
    assert [menu["name"] for menu in menus] == list(replies(turn.question.menus))
    for menu in menus:
        offered = [option.words for option in menu.all("option")]
        assert offered == ["Choose", *(choice.text for choice in turn.choices)]
    assert turn.order != turn.question.key


def test_the_right_arrangement_is_right(menu_page):
    visitor, turn = menu_page

    page = visitor.press(
        "Check answer", **replies(turn.question.shown(turn.question.key, turn.order))
    )

    assert "That is right" in page.words
    assert turn.question.because in page.words


def test_one_thing_out_of_place_is_wrong_and_told_line_by_line(menu_page):
    visitor, turn = menu_page
    letters = list(turn.question.shown(turn.question.key, turn.order))
    letters[0], letters[1] = letters[1], letters[0]

    page = visitor.press("Check answer", **replies(letters))

    assert "That is not right" in page.words
    assert page.words.count("You put here:") == 2


def test_a_menu_that_was_left_alone_loses_nothing(menu_page):
    visitor, turn = menu_page
    letters = list(turn.question.shown(turn.question.key, turn.order))

    page = visitor.press("Check answer", **replies(["", *letters[1:]]))

    assert page.status == 400
    chosen = [option["value"] for option in page.tree.all("option") if "selected" in option]
    assert chosen == letters[1:]


def test_the_same_thing_in_two_places_is_told(menu_page):
    visitor, turn = menu_page

    page = visitor.press("Check answer", **replies(["a"] * len(turn.question.menus)))

    assert page.status == 400
    assert "There is a problem" in page.words


def test_a_reply_of_another_shape_is_told(menu_page):
    visitor, _ = menu_page

    for given in ({"reply": "a"}, {"reply-1": "z"}, replies("abcdefgh"), {}):
        fields = [("csrf_token", visitor.token), *given.items()]
        assert visitor.send(visitor.page.path, fields).status == 400


def test_menus_that_are_not_all_chosen_keep_what_is_when_one_goes_on_and_comes_back(
    amina_page, service, people
):
    bank = read_bank(SHIPPED / "section-47", service.place, date(2026, 11, 21))
    service.editions.publish([bank], service.place)
    path, turn = assured_menus(service, people)
    amina_page.get(path)

    amina_page.press("Review your answers", **{"reply-1": "b", "flag": "yes"})

    again = amina_page.get(path)
    chosen = [option["value"] for option in again.tree.all("option") if "selected" in option]
    assert chosen == ["b"]
    assert service.attempts.turn(people.amina, turn[0], turn[1]).is_flagged


def assured_menus(service, people):
    """A question with menus of Amina's assured attempts: its page, and which it is."""
    for _ in range(40):
        attempt = service.attempts.start(people.amina, "section-47", Mode.ASSURED)
        for number in range(1, service.attempts.turn(people.amina, attempt, 1).total + 1):
            turn = service.attempts.turn(people.amina, attempt, number)
            if turn.question.input is Input.MENUS:
                return f"/attempts/{attempt}/questions/{number}", (attempt, number)
            right = turn.question.shown(turn.question.key, turn.order)
            service.attempts.answer(people.amina, attempt, number, right)
        service.attempts.submit(people.amina, attempt)  # passed, so that another may begin
    raise AssertionError("no question with menus was asked")
