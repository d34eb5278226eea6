"""Every trouble that `quizbot doctor` or a line of the log can tell of, read from the code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house import ROOT

LOOKED_AT = ("quizbot/doctor.py", "quizbot/chat/telegram/state.py", "quizbot/cli/doctor.py")
TOLD = {"tell": 0, "error": 0, "warning": 0, "exception": 0}  # which of a call's words are the line
OK = "Level.OK"
SOMETHING = "…"


@dataclass(frozen=True)
class Trouble:
    """Where it is told, and in which words; what differs each time is an ellipsis."""

    where: str
    words: str


def troubles() -> Iterator[Trouble]:
    """All of them; what another part puts into words is told there."""
    for path in sorted((ROOT / "quizbot").rglob("*.py")) + sorted((ROOT / "web").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "migrations" in name or name == "quizbot/logs.py":
            continue
        tree = ast.parse(path.read_text())
        for function in (
            n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            given = _given(function)
            for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
                words = _line(name, call)
                if words is not None:
                    yield from (
                        Trouble(name, said) for said in _said(words, given) if said.strip("… :.,()")
                    )


def _line(name: str, call: ast.Call) -> ast.expr | None:
    """The words of a call that tells of a trouble."""
    called = ast.unparse(call.func)
    if name in LOOKED_AT:
        if called in ("warning", "fault", "make") and len(call.args) > 1:
            return call.args[1]
        if called == "Look" and len(call.args) > 2 and ast.unparse(call.args[1]) != OK:
            return call.args[2]
        return None
    of_log = called in ("tell", "logs.tell") or called.startswith(("LOG.", "current_app.logger."))
    return call.args[0] if of_log and call.args else None


def _given(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What each name in a function is set to."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _said(node: ast.expr, given: dict[str, list[ast.expr]]) -> list[str]:
    """The ways in which words can read."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value.replace("%s", SOMETHING)]
    if isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else SOMETHING for p in node.values]
        return ["".join(map(str, parts))]
    if isinstance(node, ast.IfExp):
        return _said(node.body, given) + _said(node.orelse, given)
    if isinstance(node, ast.Name):
        return [words for value in given.get(node.id, []) for words in _said(value, given)]
    return []
