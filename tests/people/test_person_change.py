"""What becomes of one person, without a database."""

from datetime import date
from itertools import permutations
from uuid import UUID

import pytest

from quizbot.people.file.person_change import Case, HeldPost, KnownPerson, change_of

NINA = KnownPerson("Nina Ward", "nina@northmoor.example", "N9")


def held(number, begun, ends_on=None):
    return HeldPost(
        UUID(int=number), "northmoor/council", "Northmoor/Council", "Detective", None,
        date.fromisoformat(begun), ends_on and date.fromisoformat(ends_on), False,
    )  # fmt: skip


def line(begun):
    post = held(0, begun)
    return HeldPost(None, *(getattr(post, name) for name in HeldPost.__slots__[1:]))


@pytest.mark.parametrize(
    ("told", "meant"),
    [("2022-09-17", 1), ("2024-02-07", 2), ("2023-01-01", 2)],
    ids=["the first", "the second", "neither: the newest"],
)
def test_of_two_posts_of_one_kind_a_line_means_the_same_in_whatever_order_they_are_read(
    told, meant
):
    posts = [held(1, "2022-09-17", "2027-01-01"), held(2, "2024-02-07"), held(3, "2020-01-01")]

    for order in permutations(posts):
        change = change_of(Case(NINA, NINA, order, [line(told)], date(2026, 11, 21)))

        changed = {one.before.post_id for one in change.posts} if change else set()
        assert changed <= {UUID(int=meant)}
        assert bool(changed) == (told == "2023-01-01")
