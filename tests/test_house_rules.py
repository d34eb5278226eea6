"""The house rules that no linter knows; each is also shown a bad example, so that it can fail."""

import re
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests import house

MODULES = house.modules()


def files(*folders: str, ending: str = ".py") -> Iterator[tuple[str, str]]:
    """Name and text of every file of a kind below some folders."""
    for folder in folders:
        for path in sorted((house.ROOT / folder).rglob(f"*{ending}")):
            yield str(path.relative_to(house.ROOT)), path.read_text()


def is_package(path: Path) -> bool:
    return path.name == "__init__.py"


def the_faults(rule: Callable[[str, str], list[str]], *folders: str, ending: str = ".py") -> str:
    return "\n".join(
        fault for name, text in files(*folders, ending=ending) for fault in rule(name, text)
    )


def test_imports_go_down_only():
    faults = [
        fault
        for module, path in MODULES.items()
        for fault in house.import_faults(module, path.read_text(), package=is_package(path))
    ]

    assert not faults, "\n".join(faults)


def test_no_two_modules_need_each_other():
    graph = {
        module: {
            found.module
            for found in house.imports(module, path.read_text(), package=is_package(path))
            if found.of(*house.OURS) and not found.inside
        }
        for module, path in MODULES.items()
    }

    assert not house.cycles(graph), house.cycles(graph)[0]


def test_no_dependency_brings_a_package_named_as_ours():
    faults = house.name_faults(dict(packages_distributions()))

    assert not faults, "\n".join(faults)


def test_every_module_says_what_it_is():
    faults = the_faults(house.docstring_faults, *house.OURS, "tests", "tools")

    assert not faults, faults


def test_no_rule_is_found_in_two_places():
    faults = the_faults(house.second_home_faults, "quizbot", "web")

    assert not faults, faults


def test_whatever_is_counted_may_be_one():
    faults = the_faults(house.count_faults, *house.OURS)
    faults += the_faults(house.count_faults, "web/templates", ending=".html")
    # What is measured with is thousands.
    faults += "\n".join(
        fault
        for name, text in files("tools")
        if not name.startswith("tools/bench")
        for fault in house.count_faults(name, text)
    )

    assert not faults, faults


def test_only_the_telegram_adapter_is_asynchronous():
    faults = [
        fault
        for name, text in files(*house.OURS)
        if not name.startswith("quizbot/chat/telegram")
        for fault in house.async_faults(name, text)
    ]

    assert not faults, "\n".join(faults)


def test_no_two_classes_have_one_name():
    faults = house.same_name_faults(files("quizbot"))
    faults += the_faults(house.table_class_faults, "quizbot", "web").splitlines()

    assert not faults, "\n".join(faults)


def test_no_row_is_anything_at_all():
    hot = (
        "quizbot/attempts/attempts.py",
        "quizbot/people/file/sheet.py",
        "quizbot/figures/board.py",
    )
    faults = [
        fault
        for name, text in files("quizbot")
        if name not in hot
        for fault in house.untyped_row_faults(name, text)
    ]

    assert not faults, "\n".join(faults)


def test_what_is_kept_may_be_thrown_away_meanwhile():
    faults = the_faults(house.thrown_away_faults, *house.OURS)

    assert not faults, faults


def test_no_test_sleeps():
    faults = the_faults(house.sleep_faults, "tests")

    assert not faults, faults


def test_no_test_replaces_what_it_tests():
    faults = the_faults(house.mock_faults, "tests")

    assert not faults, faults


def test_no_page_holds_style_or_script():
    faults = the_faults(house.template_faults, "web/templates", ending=".html")

    assert not faults, faults


def test_no_template_puts_together_what_it_shows():
    faults = the_faults(house.computing_faults, "web/templates", ending=".html")

    assert not faults, faults


def test_no_line_of_a_template_is_too_long_to_read():
    faults = the_faults(house.template_line_faults, "web/templates", ending=".html")

    assert not faults, faults


def test_no_form_that_is_too_old_does_anything():
    faults = the_faults(house.form_faults, "web")

    assert not faults, faults


# ---- the rules themselves ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("questions.bank", "import quizbot.errors"),
        ("questions.bank", "from quizbot import errors"),
        ("questions.bank", "from sqlalchemy import select"),
        ("quizbot.rules.pick", "from quizbot.store.audit import Audit"),
        ("quizbot.rules.pick", "from ..store.audit import Audit"),
        ("quizbot.rules.due", "import sqlmodel"),
        ("quizbot.rules.outcome", "import flask"),
        ("quizbot.words", "from quizbot.rules.due import State"),
        ("quizbot.access", "def lazily():\n    from quizbot.people.people import People"),
        ("quizbot.standing.duties", "from quizbot.people.finding import Finder"),
        ("quizbot.evidence.guide", "from quizbot.attempts.turns import Turn"),
        ("quizbot.service", "from quizbot.demo.roles import ROLES"),
        ("quizbot.attempts.turns", "from flask import g"),
        ("quizbot.attempts.turns", "import telegram.ext"),
        ("quizbot.attempts.turns", "def lazily():\n    from web import create_app"),
        ("quizbot.attempts.turns", "from quizbot.chat.conversation import Conversation"),
        ("quizbot.attempts.turns", "from quizbot.cli import main"),
        ("quizbot.helpers", "import json\nfrom quizbot.errors import NotFound"),
        ("quizbot.access", "from quizbot.helpers import everything"),
        ("quizbot.cli.serve", "from web import create_app"),
        ("quizbot.cli.chat", "import quizbot.chat.terminal"),
        ("quizbot.cli.bot", "def bot():\n    import telegram"),
        ("quizbot.chat.messages", "from telegram import Update"),
        ("quizbot.chat.messages", "from quizbot.store.tables import attempt"),
        ("quizbot.chat.messages", "from quizbot.store.database import Database"),
        ("quizbot.chat.messages", "from quizbot.attempts.attempts import begin"),
        ("quizbot.chat.messages", "from questions.bank import Module"),
        ("quizbot.chat.messages", "from web import filters"),
        ("quizbot.chat.telegram", "import sqlalchemy"),
        ("web.team", "from sqlmodel import Session"),
        ("web.team", "from quizbot.store import tables"),
        ("web.team", "from quizbot.store.database import Database"),
        ("web.team", "from quizbot.attempts.attempts import begin"),
        ("web.team", "import quizbot.attempts"),
        ("web.team", "import telegram"),
        ("web.team", "from quizbot.chat.messages import Said"),
        ("web.demo", "from quizbot.demo.fill import fill"),
    ],
)
def test_an_import_that_goes_up_is_told(module, line):
    (fault,) = house.import_faults(module, line)

    assert fault.startswith(f"{module}, line ")


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("questions.bank", "from questions.kinds import Question"),
        ("quizbot.rules.pick", "from quizbot.errors import NotFound"),
        ("quizbot.rules.pick", "from questions.kinds import Question"),
        ("quizbot.rules.ladder", "from quizbot.rules.due import Duty"),
        ("quizbot.attempts.turns", "from sqlalchemy import select"),
        ("quizbot.attempts.turns", "from quizbot.store.tables import attempt"),
        ("quizbot.attempts.tryout", "from quizbot.attempts.turns import Turn"),
        ("quizbot.cli.serve", "def serve():\n    from web import create_app"),
        ("quizbot.cli.serve", "from quizbot.store.database import open_database"),
        ("quizbot.chat.telegram", "from telegram.ext import Application"),
        ("quizbot.chat.messages", "from questions.kinds import Input"),
        ("quizbot.chat.messages", "from quizbot.attempts.turns import Turn"),
        ("web.team", "from quizbot.service import Service\nfrom quizbot.config import Settings"),
        ("web.team", "from quizbot.attempts.turns import Turn\nfrom questions.kinds import Input"),
        ("web.demo", "from quizbot.demo.roles import ROLES, is_demo"),
        ("web.team", "from flask import request"),
        ("web", "from . import team"),
    ],
)
def test_an_import_that_goes_down_may_stay(module, line):
    assert house.import_faults(module, line, package=module == "web") == []


def test_every_room_of_the_house_has_one_storey():
    rooms = {".".join(module.split(".")[:2]) for module in MODULES if module != "quizbot"}
    rooms = {room.partition(".")[0] if room.startswith(("web", "questions")) else room
             for room in rooms}  # fmt: skip

    assert rooms == set(house.STOREYS)


def test_every_branch_of_what_is_pure_is_counted():
    (line,) = re.findall("^pure := (.*)$", (house.ROOT / "Makefile").read_text(), re.MULTILINE)

    assert set(line.split()) == {"questions", *house.PURE}


def test_a_circle_is_told():
    circle = {"quizbot.a": {"quizbot.b"}, "quizbot.b": {"quizbot.c"}, "quizbot.c": {"quizbot.a"}}

    assert "quizbot.a" in house.cycles(circle)[0]
    assert house.cycles({"quizbot.a": {"quizbot.b"}, "quizbot.b": set()}) == []


def test_a_package_named_as_ours_is_told():
    installed = {"tests": ["some-macros"], "web": ["web.py"], "questions": ["the-knowledge"]}

    assert [fault.partition(" ")[0] for fault in house.name_faults(installed)] == [
        "web.py",
        "some-macros",
    ]


def test_a_module_without_a_sentence_is_told():
    assert house.docstring_faults("quizbot/a.py", "# only a comment\nimport re\n")
    assert not house.docstring_faults("quizbot/a.py", '"""What it is."""\n')


def test_asynchronous_code_is_told():
    assert house.async_faults("web/team.py", "async def show(): ...")
    assert not house.async_faults("web/team.py", "def show(): ...")


@pytest.mark.parametrize(
    "line",
    [
        'return f"{path}/".startswith(f"{top}/")',
        "or_(post.c.ends_on.is_(None), post.c.ends_on >= today)",
        "or_(person.c.left_on.is_(None), person.c.left_on >= day)",
        "if row.left_on is None or row.left_on >= today:",
        'f"{day.day} {day:%B %Y}"',
        "select(person).where(person.c.email == address)",
        "unicodedata.normalize('NFC', words)",
        "words.isprintable()",
        'raise BadReply(f"Shorten this to {LONGEST} characters")',
        "any(ord(letter) < 32 for letter in words)",
        "line.submitted_at.date()",
        "at.astimezone(UTC).date()",
        "found.at.date()",
        'f"{line.submitted_at:%d %B}"',
        'self.now().strftime("%Y-%m-%d")',
        "row.made_at.isoformat()[:10]",
        "str(row.made_at)[:10]",
        "row.made_at.day",
        "func.date(attempt.c.submitted_at)",
        "date.today()",
        "datetime.combine(day, time())",
        "datetime.combine(day + ONE_DAY, time(), LONDON)",
        "writer = csv.writer(out)",
        "if row.right_count == row.asked:",
        "shown[row.attempt_id][row.objective] = is_shown(row.asked, row.right_count)",
        "met = [day for day in passes if day >= row.made_on]",
        "held.get((path.casefold(), one.job.casefold()))",
        "select(attempt).where(counts(), attempt.c.passed)",
        "following = next((n for n in ahead if n not in done), None)",
        "has_left = row.left_on is not None and row.left_on < today",
        'return "1 person" if count == 1 else f"{count} people"',
        """f"{count} {'question' if count == 1 else 'questions'}\"""",
    ],
)
def test_a_rule_written_out_again_is_told(line):
    assert house.second_home_faults("quizbot/somewhere.py", line)
    assert not house.second_home_faults("quizbot/somewhere.py", "is_open(post, today)")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("quizbot/a.py", 'f"{signs.failed} messages of the last week failed"'),
        ("quizbot/a.py", 'f"of {len(found)} people"'),
        ("quizbot/a.py", 'f"{count:,} other questions"'),
        ("web/templates/a.html", "{{ lines | length }} questions on this"),
        ("web/templates/a.html", "{{ found.people }}\npeople"),
        ("web/templates/a.html", '{{ "these " ~ people ~ " people" }}'),
    ],
)
def test_a_count_that_is_never_one_is_told(name, source):
    assert house.count_faults(name, source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("quizbot/a.py", "f\"{how_many(len(found), 'message')} of the last week\""),
        ("quizbot/a.py", 'f"{MOST} questions at most, {mean:.1f} words on average"'),
        ("quizbot/a.py", 'f"{host} answers with status {status}"'),
        ("web/templates/a.html", '{{ lines | length | how_many("question") }} and people'),
    ],
)
def test_a_count_that_may_be_one_may_stay(name, source):
    assert not house.count_faults(name, source)


def test_two_classes_of_one_name_are_told():
    both = [("quizbot/a.py", "class Line: ..."), ("quizbot/b.py", "class Line: ...")]
    (fault,) = house.same_name_faults(both)

    assert fault == "quizbot/b.py, line 1: quizbot/a.py has a Line too: say what it is."
    assert not house.same_name_faults([both[0], ("quizbot/store/tables.py", "class Line: ...")])


def test_a_class_of_the_schema_that_is_imported_is_told():
    source = "from quizbot.store.tables import {}"

    assert house.table_class_faults("quizbot/a.py", source.format("Notice"))
    assert not house.table_class_faults("quizbot/a.py", source.format("notice"))


def test_a_row_of_anything_is_told():
    assert house.untyped_row_faults("quizbot/a.py", "def told(row: Any) -> str: ...")
    assert house.untyped_row_faults("quizbot/a.py", "def told(rows: Sequence[Any]) -> str: ...")
    assert not house.untyped_row_faults("quizbot/a.py", "def told(row: Row[Any]) -> str: ...")


def test_what_is_looked_up_again_though_it_may_be_thrown_away_is_told():
    looked_up = """
def of(at):
    if at not in kept:
        if len(kept) > 100:
            kept.clear()
        kept[at] = made(at)
    return kept[at]
"""
    handed_on = """
def of(at):
    try:
        return kept[at]
    except KeyError:
        kept.clear()
        found = kept[at] = made(at)
        return found
"""

    assert house.thrown_away_faults("web/a.py", looked_up)
    assert not house.thrown_away_faults("web/a.py", handed_on)


@pytest.mark.parametrize(
    "line",
    ["time.sleep(1)", "from time import sleep", "page.wait_for_timeout(500)", "asyncio.sleep(0)"],
)
def test_a_test_that_sleeps_is_told(line):
    assert house.sleep_faults("tests/test_a.py", line)


@pytest.mark.parametrize(
    "lines",
    [
        "from unittest import mock",
        "from unittest.mock import Mock",
        "import unittest.mock",
        "def test_a(mocker): ...",
        "monkeypatch.setattr('quizbot.attempts.attempts.Attempts.answer', None)",
        "from quizbot import attempts\nmonkeypatch.setattr(attempts, 'answer', None)",
        "from quizbot.attempts import Attempts\nmonkeypatch.setattr(Attempts, 'answer', None)",
        "import quizbot.mail\nmonkeypatch.setattr(quizbot.mail, 'send', None)",
    ],
)
def test_a_test_that_replaces_ours_is_told(lines):
    assert house.mock_faults("tests/test_a.py", lines)


@pytest.mark.parametrize(
    "lines",
    [
        "monkeypatch.setenv('QUIZBOT_TRIAL', 'x')",
        "from quizbot import db\nmonkeypatch.setattr(db, 'PATIENCE', 0.1)",
        "monkeypatch.setattr('quizbot.store.database.PATIENCE', 0.1)",
        "import smtplib\nmonkeypatch.setattr(smtplib, 'SMTP', Wire)",
    ],
)
def test_a_test_may_replace_the_wire_and_constants(lines):
    assert house.mock_faults("tests/test_a.py", lines) == []


@pytest.mark.parametrize(
    "line",
    [
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<input type="hidden" name="csrf_token">',
    ],
)
def test_a_page_with_style_or_script_is_told(line):
    (fault,) = house.template_faults("a.html", f"<main>\n{line}\n</main>")

    assert fault.startswith("a.html, line 2:")


def test_a_page_may_name_files_and_speak_of_style():
    fine = '{# no style="…" here #}<link rel="stylesheet"><script src="/a.js"></script><p>on style'

    assert house.template_faults("a.html", fine) == []


@pytest.mark.parametrize(
    "line",
    [
        "{% set _ = rows.append(row) %}",
        "{%- set _ = hints.update({1: hint}) %}",
        "{{ titles.insert(0, 'All') }}",
        "{% for page in range(1, pages + 1) %}",
        "{% set x = head.__setitem__(0, 'Name') %}",
    ],
)
def test_a_template_that_puts_together_what_it_shows_is_told(line):
    (fault,) = house.computing_faults("a.html", f"<main>\n{line}\n</main>")

    assert fault.startswith("a.html, line 2:")
    assert not house.computing_faults("a.html", '{% set heading = "Rules" %}{{ table(rows) }}')


def test_a_line_of_a_template_that_is_too_long_is_told():
    (fault,) = house.template_line_faults("a.html", f"<p>\n{'x' * 161}\n{'é' * 160}\n</p>")

    assert fault.startswith("a.html, line 2:")


@pytest.mark.parametrize(
    "body",
    [
        "    service().units.end(unit_id)",
        "    form = Form(request.form)\n    if not form.errors:\n        act()",
        "    form = sent_form()\n    service().units.rename(form.text('name'))",
        "    if not form.errors:\n        service().units.end(unit_id)",
    ],
)
def test_a_form_that_does_not_look_at_its_age_is_told(body):
    view = f'@bp.post("/{{unit_id}}")\n@keeps_form("name")\ndef act_on(unit_id):\n{body}\n'

    assert house.form_faults("web/a.py", view)


def test_a_form_may_be_taken_by_a_function_beside_its_view():
    view = '@bp.post("/new")\n@keeps_form("name")\ndef make():\n    return previewed()\n'
    beside = (
        "def previewed():\n    form = sent_form()\n    if form.errors:\n        return show()\n"
    )

    assert not house.form_faults("web/a.py", f"{view}\n\n{beside}")
