"""docs/formats.md says of every format what the code really carries."""

import re

import pytest

from questions.exchange.formats import FORMATS
from questions.exchange.losses import FIELDS, MARKS, WHOLE, lost
from tests.exchange.questions import PARTS, module, question
from tests.house import ROOT

PAGE = (ROOT / "docs" / "formats.md").read_text("utf-8")
ROWS = {
    words.partition(", which")[0].partition(": part")[0]: name for name, words in FIELDS.items()
}


def table(kind):
    """What the page says of a kind: a row a field, a yes or no a format."""
    part = PAGE.partition(f"(`{kind}`)\n")[2].partition("\n#")[0]
    rows = [re.split(r" *\| *", line)[1:-1] for line in part.strip().split("\n")]
    assert rows[0][1:] == [format_.title for format_ in FORMATS.values()]
    return {ROWS[row[0]]: dict(zip(FORMATS, row[1:], strict=True)) for row in rows[2:]}


@pytest.mark.parametrize("kind", PARTS)
def test_the_page_says_what_each_format_carries(kind):
    one = question(kind)
    gone = {
        name: {loss.field for loss in lost(one, module(one), format_)}
        for name, format_ in FORMATS.items()
    }

    said = table(kind)

    assert {WHOLE, MARKS, *set().union(*gone.values())} <= said.keys()
    for field, formats in said.items():
        for name, word in formats.items():
            is_gone = field in gone[name] or WHOLE in gone[name]
            assert word == ("no" if is_gone else "yes"), (field, name)
