"""What readers and converters of others make of what we write, bank by bank."""

import io
import re
import warnings
import zipfile
from functools import cache

import pytest
from qti_convert.package import downgrade_package, upgrade_package

from questions.exchange.formats import FORMATS, read
from questions.exchange.losses import write
from quizbot.editions.editions import resolve
from tests.exchange.test_round_trip import kept
from tests.gate.samples import the_place
from tests.shipped import BANKS, shipped_module

BY_NAME = pytest.mark.parametrize("name", BANKS)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it is of 2017, and asks for the language in the way of then
    from pygiftparser import parser
ESCAPED = re.compile(r"\\([~=#{}:\\])")  # this parser leaves it as it is: see findings/


@cache
def as_people_see_it(name):
    """A bank with the place's words in it, as `banks export` writes it."""
    return resolve(shipped_module(name), the_place())


def drafted(data):
    return [(draft.objective, draft.content) for draft in read(data).drafts]


@BY_NAME
@pytest.mark.parametrize(
    ("format_", "convert", "root"),
    [
        ("qti21", upgrade_package, "<qti-assessment-item "),
        ("qti30", downgrade_package, "<assessmentItem "),
    ],
)
def test_a_converter_between_the_two_qtis_loses_nothing_of_ours(
    name, format_, convert, root, tmp_path
):
    written = write(as_people_see_it(name), FORMATS[format_]).data
    (tmp_path / "ours.zip").write_bytes(written)

    convert(tmp_path / "ours.zip", tmp_path / "theirs.zip")

    theirs = (tmp_path / "theirs.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "theirs.zip") as made:
        items = [made.read(one) for one in made.namelist() if one.startswith("items/")]
    assert items
    assert all(root in item.decode() for item in items)
    assert drafted(theirs) == drafted(written)


def meant(text):
    return " ".join(ESCAPED.sub(r"\1", text).split())


def right_of(question):
    """What is right in a question of ours, as texts."""
    if question.menus:
        return {
            (menu, question.text_of(k))
            for menu, k in zip(question.menus, question.key, strict=True)
        }
    return {question.text_of(letter) for letter in question.key}


def right_in(found):
    """The same in what the parser made of it."""
    if hasattr(found.answers, "possibleAnswers"):
        return {(meant(one.question), meant(one.answer)) for one in found.answers.answers}
    return {meant(one.answer) for one in found.answers.answers if one.fraction > 0}


@BY_NAME
def test_a_parser_of_gift_finds_our_questions_and_what_is_right_in_them(name):
    made = as_people_see_it(name)
    written = write(made, FORMATS["gift"])
    ours = {question.id: question for question in kept(made, written)}

    found = parser.parseFile(io.StringIO(written.data.decode()))

    assert [one.title for one in found] == list(ours)
    # Steps in order are of a plugin of Moodle's, which this parser does not know.
    known = [one for one in found if ours[one.title].kind != "in-order"]
    assert len(known) > 0.9 * len(ours)
    for one in known:
        assert one.valid, one.title
        assert right_in(one) == right_of(ours[one.title]), one.title
