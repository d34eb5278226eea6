"""A refusal that a page can show names what is on the page, not an option of a command."""

import ast
import re
from pathlib import Path

import quizbot

ROOT = Path(quizbot.__file__).parent
OPTION = re.compile(r"(?<![\w-])--[a-z]|`quizbot ")
# Which words a command alone shows, or whoever runs the service, and why that is so.
NOT_ON_PAGES = {
    "cli": "commands",
    "config.py": "a command that does not say whom it means; the service does not start then",
    "service.py": "the service does not start then",
    "doctor.py": "a command, for whoever runs the service",
    "chat/telegram/state.py": "told by the doctor",
    "store/backups.py": "a command",
    "store/dumps.py": "options of the tools that it runs",
    "store/moving.py": "a command",
    "store/database.py": "the service does not start then",
    "store/audit.py": "a command compares heads",
    "store/connections.py": "a line of the log, for whoever runs the service",
    "privacy/erasure.py": "a command erases",
    "editions/place.py": "the service does not start then, or the doctor tells it",
    "people/file/days.py": "the page asks by a choice of its own",
    "people/file/reading.py": "the page asks by a choice of its own",
}


def spoken(tree):
    """Every string that is said to somebody: docstrings are said to readers of the code."""
    read = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in read:
            yield node.value


def test_no_refusal_of_a_page_names_an_option_of_a_command():
    found = {}
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if any(name == one or name.startswith(f"{one}/") for one in NOT_ON_PAGES):
            continue
        said = [words for words in spoken(ast.parse(path.read_text())) if OPTION.search(words)]
        if said:
            found[name] = said

    assert found == {}


def test_what_is_left_out_is_there_and_has_such_words():
    for name in NOT_ON_PAGES:
        files = [ROOT / name] if name.endswith(".py") else list((ROOT / name).rglob("*.py"))
        words = [one for file in files for one in spoken(ast.parse(file.read_text()))]
        assert any(OPTION.search(one) for one in words), name
