"""How long something lasts is said in words that hold: a page, a message and the rule agree."""

from datetime import timedelta

import pytest

from questions.counts import how_many
from quizbot.attempts.attempts import ABANDONED_AFTER
from quizbot.figures.pack import packs
from quizbot.people.guests import LONGEST_STAY
from quizbot.signin import chats, codes, slips
from quizbot.standing.requirements import SOON
from tests.house import ROOT

WORDS = {1: "an", 10: "ten"}


def said(lasts: timedelta) -> tuple[str, str]:
    """A span in the words that people use, with figures and without."""
    for unit, one in (("day", timedelta(1)), ("hour", timedelta(hours=1)),
                      ("minute", timedelta(minutes=1))):  # fmt: skip
        count, rest = divmod(lasts, one)
        if count and not rest:
            noun = how_many(count, unit)
            return noun, noun.replace(str(count), WORDS.get(count, str(count)), 1)
    raise AssertionError(lasts)


@pytest.mark.parametrize(
    ("lasts", "files"),
    [
        (slips.LASTS, ("web/templates/admin/person.html", "web/templates/team/person.html",
                       "web/templates/slips/enter.html", "quizbot/signin/slips.py")),
        (codes.CODE_LASTS, ("web/templates/auth/code.html", "quizbot/signin/codes.py")),
        (codes.SIGNED_IN_FOR, ("web/templates/about/privacy.html",)),
        (chats.LINK_LASTS, ("web/templates/chats/begin.html", "quizbot/signin/chats.py",
                            "web/templates/chats/begin_in_teams.html")),
        (packs.LASTS, ("web/templates/board/pack.html", "quizbot/figures/pack/packs.py",
                       "quizbot/privacy/register.py")),
        (LONGEST_STAY, ("web/templates/guests/new.html",)),
        (SOON, ("web/templates/requirements/preview.html",)),
        (ABANDONED_AFTER, ("quizbot/attempts/attempts.py",)),
    ],
)  # fmt: skip
def test_a_span_is_said_as_it_is(lasts, files):
    for name in files:
        text = (ROOT / name).read_text()
        assert any(words in text for words in said(lasts)), f"{name}: {said(lasts)[0]}"
