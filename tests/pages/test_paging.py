"""The way through a long list: which pages are named, and where they lead."""

from web.paging import Paging, paging


def numbers(found: Paging) -> list[int]:
    return [number for number, _, _ in found.pages]


def test_the_pages_near_this_one_are_named_and_the_first_and_last():
    assert numbers(paging(10, 20, str)) == [1, 8, 9, 10, 11, 12, 20]
    assert numbers(paging(1, 20, str)) == [1, 2, 3, 20]
    assert numbers(paging(2, 3, str)) == [1, 2, 3]


def test_this_page_is_marked_and_leads_to_those_beside_it():
    found = paging(2, 3, "/people?page={}".format)

    assert found.pages == [
        (1, "/people?page=1", False),
        (2, "/people?page=2", True),
        (3, "/people?page=3", False),
    ]
    assert (found.previous, found.next) == ("/people?page=1", "/people?page=3")


def test_nothing_is_before_the_first_page_or_after_the_last():
    assert (paging(1, 2, str).previous, paging(2, 2, str).next) == ("", "")
