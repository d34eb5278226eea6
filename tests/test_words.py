"""Words as they are kept and compared: one way to write each, and nothing that shows as another."""

from datetime import UTC, date, datetime

import pytest

from quizbot.words import (
    folded_address,
    is_address,
    is_showable,
    is_within,
    listed,
    long_date,
    month_name,
    plain_letters,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lee@northmoor.example", "lee@northmoor.example"),
        ("  Ed.Lee@Northmoor.EXAMPLE ", "ed.lee@northmoor.example"),
        ("o'neill+work@trust.northmoor.example", "o'neill+work@trust.northmoor.example"),
        ("first_last-3@a-b.example", "first_last-3@a-b.example"),
        ("mailto:cy@northmoor.example", "cy@northmoor.example"),
        ("MAILTO:Cy@northmoor.example", "cy@northmoor.example"),
        ("flo@straße.example", "flo@xn--strae-oqa.example"),
        ("flo@STRASSE.example", "flo@strasse.example"),
        ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
    ],
)
def test_an_address_is_kept_as_it_will_be_mailed_to(typed, kept):
    assert folded_address(typed) == kept
    assert folded_address(kept) == kept


@pytest.mark.parametrize(
    "address",
    [
        "a@b.cd",
        f"{'a' * 64}@northmoor.example",
        "a@1.2.example",
        "x@xn--strae-oqa.example",
        "a=b?c@northmoor.example",
    ],
)
def test_what_every_server_reads_in_one_way_is_an_address(address):
    assert is_address(folded_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lee",
        "lee@northmoor",
        "@northmoor.example",
        "ed:lee@northmoor.example",
        "a(b)@northmoor.example",
        '"a b"@northmoor.example',
        "<lee@northmoor.example>",
        "a@b@northmoor.example",
        "a..b@northmoor.example",
        ".a@northmoor.example",
        "a.@northmoor.example",
        "a@northmoor..example",
        "a@-northmoor.example",
        "a@northmoor-.example",
        "a@northmoor.example.",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@nörth_moor.example",
        "zoë@northmoor.example",
        "ſam@northmoor.example",
        "a\u200b@northmoor.example",
        "a @northmoor.example",
        "a,b@northmoor.example",
        "a%elsewhere.example@northmoor.example",
        "elsewhere.example!a@northmoor.example",
        "mailto:mailto:cy@northmoor.example",
        "=?utf-8?q?a?=@northmoor.example",
        f"{'a' * 65}@northmoor.example",
        f"a@{'b' * 64}.example",
        f"a@{'b.' * 130}example",
    ],
)
def test_what_could_be_read_in_two_ways_is_none(address):
    assert not is_address(folded_address(address))


def test_words_that_turn_round_or_control_cannot_be_shown():
    assert is_showable("Zoë O’Neill 李")
    assert is_showable("two\nlines", in_lines=True)
    assert not is_showable("two\nlines")
    assert not is_showable("a\u202eb", in_lines=True)
    assert not is_showable("a\x07b", in_lines=True)


def test_letters_are_plain_without_accent_stroke_and_capital():
    assert plain_letters("Łukasz Đurić") == plain_letters("lukasz DURIC") == "lukasz duric"
    assert plain_letters("Søren, Zoë and Işık") == "soren, zoe and isik"


@pytest.mark.parametrize(
    ("parts", "said"),
    [([], ""), (["one"], "one"), (["one", "two"], "one and two"), ("abc", "a, b and c")],
)
def test_what_is_listed_ends_with_and(parts, said):
    assert listed(parts) == said


def test_a_unit_is_within_itself_and_what_is_above_it_by_whole_names():
    assert is_within("Northmoor/Council", "Northmoor")
    assert is_within("Northmoor", "Northmoor")
    assert not is_within("Northmoor Trust", "Northmoor")
    assert not is_within("Northmoor", "Northmoor/Council")


@pytest.mark.parametrize(
    ("utc", "day", "month"),
    [
        ("2026-07-01 22:59", "1 July 2026", "July 2026"),
        ("2026-07-01 23:30", "2 July 2026", "July 2026"),  # London is an hour ahead
        ("2026-07-31 23:30", "1 August 2026", "August 2026"),
        ("2026-12-31 23:30", "31 December 2026", "December 2026"),
    ],
)
def test_of_an_instant_the_day_in_london_is_told(utc, day, month):
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert long_date(at) == day
    assert month_name(at) == month


def test_days_are_told_in_full():
    assert long_date(date(2026, 11, 1)) == "1 November 2026"
    assert month_name(date(2026, 11, 1)) == "November 2026"
