"""What the pages about connections name is there: settings, commands, and what is told."""

import ast
import re
from contextlib import suppress
from functools import cache

import click
import pytest
from werkzeug.exceptions import MethodNotAllowed

from quizbot.cli import quizbot
from quizbot.config import Settings
from tests.house import ROOT
from tests.pages.conftest import app

__all__ = ["app"]  # a fixture

PAGES = sorted((ROOT / "docs" / "connect").glob("*.md"))
SETTINGS = {f"QUIZBOT_{name.upper()}" for name in Settings.model_fields}
COMMAND = re.compile(r"(?:\.venv/bin/|`|    )quizbot ([^`#\n]+)")
ADDRESS = re.compile(r"`(?:https://knowledge\.example\.org)?(/[a-z.][^`?\s]*)`")
OURS = ("me", "admin", "lti", "certificates", "sign-in")
TOLD = ("## What goes wrong", "## What is refused")  # below it, in italics: what we say ourselves
ELSEWHERE = ("in Teams:", "in Entra:")  # a row about what another system says


def words_of(guide):
    return guide.read_text(encoding="utf-8")


def rows_told(guide):
    """What each row of a page's last tables says that we tell."""
    for part in re.split(r"(?m)^(?=## )", words_of(guide)):
        if part.startswith(TOLD):
            for line in part.splitlines():
                cells = line.strip("|").split("|")
                if line.startswith("| ") and not cells[0].strip().startswith(ELSEWHERE):
                    cell = cells[1 if part.startswith(TOLD[1]) else 0]
                    yield from re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", cell)


@cache
def said():
    """Every constant text of the code and its templates, as it is read."""
    found = []
    for room in ("quizbot", "web", "questions"):
        for file in (ROOT / room).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found += [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
    found += [file.read_text(encoding="utf-8") for file in (ROOT / "web/templates").rglob("*.html")]
    return " ".join("\n".join(found).split())


def fragments(told):
    """The parts of a sentence that no name, number or reason stands in."""
    for part in re.split(r"…|https://|\([^)]*\)|'[^']*'|\d+", told):
        if len(part.split()) > 1:
            yield " ".join(part.strip(" .,:").split())


@pytest.mark.parametrize("guide", PAGES, ids=lambda guide: guide.stem)
def test_every_setting_that_is_named_is_one(guide):
    named = set(re.findall(r"QUIZBOT_[A-Z_]+", words_of(guide)))

    assert named - SETTINGS == set()


@pytest.mark.parametrize("guide", PAGES, ids=lambda guide: guide.stem)
def test_every_command_that_is_named_is_one_and_has_its_options(guide):
    for line in COMMAND.findall(words_of(guide)):
        command: click.Command = quizbot
        words = line.split()
        while isinstance(command, click.Group) and words:
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, f"{guide.name}: quizbot {line}"
            command = found
        options = {one for given in command.params for one in given.opts}
        named = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert named <= options, f"{guide.name}: quizbot {line}"


@pytest.mark.parametrize("guide", PAGES, ids=lambda guide: guide.stem)
def test_every_address_of_ours_that_is_named_is_there(app, guide):
    there = app.url_map.bind("knowledge.example.org")
    for path in ADDRESS.findall(words_of(guide)):
        if path.split("/")[1] in OURS:
            with suppress(MethodNotAllowed):  # it is there, for another way of asking
                there.match(path)


@pytest.mark.parametrize("guide", PAGES, ids=lambda guide: guide.stem)
def test_what_is_told_is_told_in_these_words(guide):
    unknown = []
    for told in rows_told(guide):
        for part in fragments(told):
            pieces = [part] if part in said() else part.split(": ")
            unknown += [piece for piece in pieces if piece not in said()]

    assert unknown == []
