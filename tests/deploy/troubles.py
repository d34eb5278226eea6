"""Every trouble that `quizbot doctor` or a line of the log can tell of, read from the code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from questions.counts import how_many
from tests.house import ROOT

DOCTORS = (
    *("quizbot/doctor.py", "quizbot/cli/doctor.py"),
    *("quizbot/chat/telegram/state.py", "quizbot/chat/teams/state.py"),
)
DATABASE = "quizbot/store/database.py"  # what it says of its troubles is logged word for word
SOMETHING = "…"
Given = dict[str, list[ast.expr]]


@dataclass(frozen=True)
class Trouble:
    """Where it is told, and in which words; what differs each time is an ellipsis."""

    where: str
    words: str


def troubles() -> Iterator[Trouble]:
    """All of them; what another part puts into words is told where that part does."""
    for path in (*sorted((ROOT / "quizbot").rglob("*.py")), *sorted((ROOT / "web").rglob("*.py"))):
        name = path.relative_to(ROOT).as_posix()
        if "migrations" not in name and name != "quizbot/logs.py":
            for words in sorted(_told_in(name, path)):
                yield Trouble(name, words)


def _told_in(name: str, path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    known = _given(tree.body)
    found: set[str] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            given = known | _given(list(ast.walk(function)))
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and (line := _line(name, call)) is not None:
                    found.update(_said(line, given))
    return {words for words in found if words.strip("… :.,()@")}


def _line(name: str, call: ast.Call) -> ast.expr | None:
    """The words of a call that tells of a trouble."""
    called, args = ast.unparse(call.func), call.args
    if name == DATABASE:
        return args[0] if called in ("Misconfigured", "Busy") else None
    if called == "CannotSend":
        return args[0]
    if name in DOCTORS:
        if called in ("warning", "fault", "make") and len(args) > 1:
            return args[1]
        if called == "Look" and len(args) > 2 and ast.unparse(args[1]) != "Level.OK":
            return args[2]
        return None
    is_line = called in ("tell", "logs.tell") or called.startswith(("LOG.", "current_app.logger."))
    return args[0] if is_line and args else None


def _given(nodes: list[ast.stmt] | list[ast.AST]) -> Given:
    """What each name is set to among these."""
    found: Given = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _said(node: ast.expr, given: Given) -> list[str]:
    """The ways in which words can read."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value.replace("%s", SOMETHING)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(map(_part, node.values))]
    if counted := _counted(node):
        return [counted]
    if isinstance(node, ast.IfExp):
        return _said(node.body, given) + _said(node.orelse, given)
    if isinstance(node, ast.Subscript):
        return _said(node.value, given)
    if isinstance(node, ast.Dict):
        return [words for value in node.values for words in _said(value, given)]
    if isinstance(node, ast.Name):
        return [words for value in given.get(node.id, []) for words in _said(value, given)]
    return []


def _part(node: ast.expr) -> str:
    """A part of words that are put together."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return (isinstance(node, ast.FormattedValue) and _counted(node.value)) or SOMETHING


def _counted(node: ast.expr) -> str:
    """A count with its noun, as it is told of many; nothing where it is none."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "how_many":
        nouns = [str(noun.value) for noun in node.args[1:] if isinstance(noun, ast.Constant)]
        return how_many(2, *nouns).replace("2", SOMETHING, 1)
    return ""
