"""docs/security.md answers each requirement once, and names tests and files that are there."""

import re
from collections import Counter

from tests.house import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
# The numbers of levels 1 and 2 in OWASP ASVS 5.0.0, section by section.
NUMBERS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4
3.4:1-6 3.5:1-5 3.7:1-2 4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3
6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2
7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11
10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3
12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3
15.2:1-3 15.3:1-7 16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
ANSWERS = {"met", "in part", "not met", "does not arise"}


def wanted():
    for section in NUMBERS.split():
        name, _, runs = section.partition(":")
        for run in runs.split(","):
            first, _, last = run.partition("-")
            yield from (f"{name}.{n}" for n in range(int(first), int(last or first) + 1))


def answered():
    for numbers, answer, how in re.findall(
        r"^\| (\d[\d., –]*) \| ([a-z ]+) \| (.+) \|$", PAGE, re.MULTILINE
    ):
        for one in numbers.split(", "):
            first, _, last = one.partition("–")
            section, _, low = first.rpartition(".")
            high = last.rpartition(".")[2] or low
            yield from ((f"{section}.{n}", answer, how) for n in range(int(low), int(high) + 1))


def test_each_requirement_of_two_levels_is_answered_once():
    numbers = Counter(number for number, _, _ in answered())

    assert len(list(wanted())) == 253
    assert set(numbers) == set(wanted())
    assert max(numbers.values()) == 1
    assert f"All {len(numbers)} requirements" in PAGE
    assert {answer for _, answer, _ in answered()} == ANSWERS


def test_what_is_not_met_has_a_reason_and_what_is_met_says_how():
    assert [number for number, _, how in answered() if len(how) < 4] == []


def test_every_test_and_file_that_the_page_names_is_there():
    named = re.findall(r"`((?:tests|quizbot|web|deploy|docs)/[\w./-]+)`", PAGE)

    assert len(named) > 50
    assert [name for name in named if not (ROOT / name).exists()] == []
