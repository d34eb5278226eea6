"""The board's three sentences, from figures as they may be seen."""

from datetime import date

import pytest

from quizbot.figures.board_lines import Figure, Line
from quizbot.figures.board_words import LateSummary, changed, least, what_next

OCTOBER = date(2026, 10, 1)


def figure(module, people, of, label=""):
    title = module.title()
    return Figure(module, title, "kind", label, label, (), Line("All agencies", people, of))


def test_what_has_moved_most_is_told_with_the_others_in_numbers():
    now = [figure("referrals", 60, 100), figure("reviews", 30, 100), figure("groups", 50, 100)]
    before = [figure("referrals", 55, 100), figure("reviews", 42, 100), figure("groups", 49, 100)]

    said = changed(now, before, OCTOBER).words

    assert said == (
        "Since October 2026 most has changed in Reviews: 30% are in date, 12 points fewer than"
        " then. Of the others, 2 rose."
    )


@pytest.mark.parametrize(
    ("now", "before", "month", "words"),
    [
        ((60, 100), (60, 100), OCTOBER, "Since October 2026 no questionnaire has moved"),
        ((None, None), (60, 100), OCTOBER, "too small to be compared with October 2026"),
        ((60, 100), (None, None), OCTOBER, "too small to be compared with October 2026"),
        ((60, 100), (60, 100), None, "the first month that was counted"),
        ((61, 100), (60, 100), OCTOBER, "61% are in date, 1 point more than then."),
    ],
)
def test_what_cannot_be_compared_is_said_to_be_so(now, before, month, words):
    assert words in changed([figure("a", *now)], [figure("a", *before)], month).words


def test_the_area_that_is_least_shown_is_named_and_small_numbers_never_are():
    areas = [figure("a", 9, 10, "Hear"), figure("b", 5, 10, "See"), figure("c", None, None, "Act")]

    said = least(areas)

    assert said.words.startswith("Understanding is least in B, “See”: 50% of the 10 people")
    assert said.href == "/board?module=b"
    assert least(areas[2:]).words.startswith("Of no area have enough people")


def test_who_may_see_names_is_led_to_those_who_are_late_and_others_to_what_is_least_in_date():
    now = [figure("a", 60, 100), figure("b", 20, 100)]

    led = what_next(now, LateSummary(12, "Northmoor/Police", 7))
    assert led.words == "Next: 12 people are overdue or lapsed, 7 of them in Northmoor/Police."
    assert led.href == "/board/overdue?unit=Northmoor%2FPolice"

    assert what_next(now, LateSummary(1, "Northmoor", 1)).words == (
        "Next: 1 person is overdue or lapsed."
    )
    assert "most is to be gained in B, where 20% of 100" in what_next(now, None).words
    assert what_next(now, LateSummary(0)).words.startswith("Nobody is overdue or lapsed.")
    assert "see that people are asked" in what_next([], None).words
