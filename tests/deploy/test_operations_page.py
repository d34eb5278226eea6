"""docs/operations.md has an entry for each trouble that the doctor or the log can tell of."""

import re

import click

from quizbot.cli import COMMANDS, quizbot
from quizbot.config import Settings
from tests.deploy.troubles import troubles
from tests.house import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
# What is told when all is well.
NO_TROUBLE = {
    "answered", "stopped", "at work as @…", "at work as @…; Telegram posts to …",
    "… notices owed on …, in … s", "Telegram posts to …", "none; the bot asks for news itself",
}  # fmt: skip


def plain(words):
    """Words as both have them: lines are broken, and code is marked, as it falls."""
    return " ".join(words.replace("`", "").split())


def entries():
    found = re.findall(r"^\*\*`(.+?)`\*\*(.*)", PAGE, re.MULTILINE)
    return {plain(words): told.strip() for words, told in found}


def test_each_trouble_has_one_entry_and_each_entry_a_trouble():
    told = {plain(found.words): found.where for found in troubles()}
    known = entries()

    missing = [f"{where}: {words}" for words, where in told.items()
               if words not in known and words not in NO_TROUBLE]  # fmt: skip
    assert missing == [], "write into docs/operations.md what to do when this is told"
    assert set(known) - set(told) == set(), "nothing tells of this any more"
    assert set(NO_TROUBLE) <= set(told), "nothing tells this any more"
    assert len(re.findall(r"^\*\*`", PAGE, re.MULTILINE)) == len(known), "said twice"


def test_each_entry_says_what_to_do():
    assert [words for words, told in entries().items() if len(told) < 10] == []


def test_every_command_and_setting_of_the_page_is_there():
    for words in re.findall(r"quizbot ((?:db |people |banks |place |partnerships )?[a-z]+)", PAGE):
        name, *more = words.split()
        assert name in COMMANDS, words
        group = quizbot.get_command(click.Context(quizbot), name)
        assert not more or more[0] in group.commands, words

    known = {f"QUIZBOT_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"QUIZBOT_[A-Z_]+", PAGE)) <= known


def test_every_file_of_the_page_is_there():
    for path in re.findall(r"(?:deploy|questions)/[\w./-]*\w", PAGE):
        assert (ROOT / path).exists(), path
    for unit in re.findall(r"knowledge-?\w*\.(?:service|socket|timer)", PAGE):
        assert (ROOT / "deploy" / "systemd" / unit).exists(), unit
