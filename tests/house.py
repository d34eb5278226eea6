"""The house rules as functions: each reads one file and says what is wrong and what to do."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("questions", "quizbot", "web")

SQL = ("sqlmodel", "sqlalchemy", "alembic", "psycopg", "psycopg_pool", "sqlite3")
FLASK = ("flask", "werkzeug")

# The storeys, from the ground up: a room imports from those before it, from inside a function too.
STOREYS = (
    "questions",
    "quizbot.errors",
    "quizbot.clock",
    "quizbot.logs",
    "quizbot.words",
    "quizbot.hosts",
    "quizbot.env_files",
    "quizbot.outgoing",
    "quizbot.cells",
    "quizbot.signing",
    "quizbot.rules",
    "quizbot.store",
    "quizbot.access",
    "quizbot.outbox",
    "quizbot.editions",
    "quizbot.drafting",
    "quizbot.signin",
    "quizbot.standing",
    "quizbot.people",
    "quizbot.reminders",
    "quizbot.evidence",
    "quizbot.attempts",
    "quizbot.figures",
    "quizbot.privacy",
    "quizbot.delivery",
    "quizbot.lti",
    "quizbot.config",
    "quizbot.connected",
    "quizbot.service",
    "quizbot.partnerships",
    "quizbot.work",
    "quizbot.doctor",
    "quizbot.demo",
    "quizbot.chat",
    "web",
    "quizbot.cli",
)
PURE = (
    "quizbot.errors",
    "quizbot.clock",
    "quizbot.words",
    "quizbot.hosts",
    "quizbot.cells",
    "quizbot.rules",
)
LAZY = ("quizbot.chat", "web")  # what a command imports only when it needs it


@dataclass(frozen=True)
class Import:
    """One import: the module, the name taken from it, and whether it is inside a function."""

    module: str
    name: str
    line: int
    inside: bool

    def of(self, *packages: str) -> bool:
        """Whether it is one of these, or lies below one of them."""
        return any(f"{self.module}.".startswith(f"{package}.") for package in packages)


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for package in OURS:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def nodes(source: str, *words: str) -> Iterator[ast.AST]:
    """Every part of a file's code; none is looked for where none of the words is in the file."""
    if not words or any(word in source for word in words):
        yield from ast.walk(ast.parse(source))


def statements(source: str) -> Iterator[tuple[ast.AST, bool]]:
    """Every statement, and whether it is inside a function; no expression holds one."""
    todo: list[tuple[ast.AST, bool]] = [(ast.parse(source), False)]
    for node, inside in todo:
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        found = [
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case)
        ]
        todo += [(child, inside) for child in found]
        yield from ((child, inside) for child in found)


def imports(module: str, source: str, *, package: bool = False) -> Iterator[Import]:
    """What a module imports; a module taken from its package counts as that module."""
    here = module.split(".") if package else module.split(".")[:-1]
    known = modules()
    for node, inside in statements(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", node.lineno, inside)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                whole = f"{origin}.{alias.name}"
                origin_and_name = (whole, "") if whole in known else (origin, alias.name)
                yield Import(*origin_and_name, node.lineno, inside)


def import_faults(module: str, source: str, *, package: bool = False) -> list[str]:
    """What a module imports against the table of storeys, and where it should get it instead."""
    return [
        f"{module}, line {found.line}: imports {found.module}. {advice}"
        for found in imports(module, source, package=package)
        if (advice := _advice(Import(module, "", 0, inside=False), found))
    ]


def storey(module: str) -> int | None:
    """How high a module of ours lies, by the room it is in."""
    for height, room in enumerate(STOREYS):
        if f"{module}.".startswith(f"{room}."):
            return height
    return None


def _advice(who: Import, found: Import) -> str | None:
    """What to do instead of an import, or None where it may stay."""
    if found.of("telegram") and not who.of("quizbot.chat.telegram"):
        return "Only quizbot/chat/telegram/ knows Telegram: pass plain values."
    if found.of(*FLASK) and not who.of("web"):
        return "Only web/ knows Flask: pass plain values."
    if found.of(*SQL) and (not who.of("quizbot") or who.of("quizbot.chat", *PURE)):
        return "SQL is for quizbot's services: ask service() for what you need."
    if not found.of(*OURS) or found.module == "quizbot":
        return None
    here, there = storey(who.module), storey(found.module)
    if here is None or there is None:
        nowhere = who.module if here is None else found.module
        return f"{nowhere} is in no storey: give its room a place in STOREYS."
    if there > here:
        return "Imports go down only: move what is shared into a room below."
    if who.of("quizbot.rules") and not found.of("questions", "quizbot.rules", *PURE):
        return "The rules are pure: pass time, chance and data in as values."
    if who.of("quizbot.chat"):
        return _channel_advice(found, "quizbot.chat", "questions.kinds")
    if who.of("web.teams") and found.of("quizbot.chat.teams"):
        return None  # what Teams posts comes to the pages' address, and is handed on there alone
    if who.of("web"):
        return _channel_advice(found, "web", "questions", "quizbot.config", "quizbot.demo.roles")
    if who.of("quizbot.cli") and found.of(*LAZY) and not found.inside:
        return "Import it inside the command, so that the others start without."
    return None


def _channel_advice(found: Import, *own: str) -> str | None:
    """A channel calls the service; from the rest of quizbot it may name types, and no more."""
    plain = (
        *("quizbot.errors", "quizbot.clock", "quizbot.logs"),
        *("quizbot.words", "quizbot.hosts", "quizbot.cells"),
    )
    if found.of(*own, "quizbot.service", *plain):
        return None
    shut = ("quizbot.store.tables", "quizbot.store.database", "quizbot.chat", "web", "questions")
    if found.of(*shut):
        return "A channel calls the service, which returns frozen values: add a method there."
    if not found.name[:1].isupper():
        return "A channel takes only types from here: call it through service()."
    return None


def cycles(graph: dict[str, set[str]]) -> list[str]:
    """The first circle of modules that import each other."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [f"{' ← '.join(error.args[1])}: move what both need into a module below them."]
    return []


def docstring_faults(name: str, source: str) -> list[str]:
    """A module without a sentence that says what it is."""
    if re.match(r'"""[^"\s]', source) or ast.get_docstring(ast.parse(source)):
        return []
    return [f"{name}: begin with a docstring of one sentence that says what the module is for."]


def async_faults(name: str, source: str) -> list[str]:
    """Asynchronous code outside the one adapter that needs it."""
    return [
        f"{name}, line {node.lineno}: keep async in quizbot/chat/telegram/; plain code elsewhere."
        for node in nodes(source, "async")
        if isinstance(node, ast.AsyncFunctionDef)
    ]


# A table's class is called as what its rows are of; nobody imports it, so nobody mistakes it.
TABLES = "quizbot/store/tables.py"


def same_name_faults(files: Iterable[tuple[str, str]]) -> list[str]:
    """Two classes of one name, of which a reader has to ask which one is meant."""
    seen: dict[str, str] = {}
    faults = []
    for name, source in files:
        for node, _ in statements(source):
            if name == TABLES or not isinstance(node, ast.ClassDef):
                continue
            if (other := seen.setdefault(node.name, name)) != name:
                faults.append(
                    f"{name}, line {node.lineno}: {other} has a {node.name} too: say what it is."
                )
    return faults


def table_class_faults(name: str, source: str) -> list[str]:
    """A class of the schema that is imported: its name is that of what the rest of us mean."""
    if "tables" not in source:
        return []
    return [
        f"{name}, line {found.line}: take the table, {found.name.lower()}, and hand over values."
        for found in imports(name.removesuffix(".py").replace("/", "."), source)
        if found.module == "quizbot.store.tables" and re.match("[A-Z][a-z]", found.name)
    ]


def untyped_row_faults(name: str, source: str) -> list[str]:
    """A function that takes a row, or rows, as anything at all."""
    return [
        f"{name}, line {node.lineno}: hand over the values that are needed, or a small dataclass;"
        " Row[…] where a row becomes one."
        for node in nodes(source, "Any")
        if isinstance(node, ast.arg) and node.arg in ("row", "rows") and node.annotation
        if ast.unparse(node.annotation) in ("Any", "Iterable[Any]", "Sequence[Any]", "list[Any]")
    ]


def thrown_away_faults(name: str, source: str) -> list[str]:
    """Something is looked up again that another thread may have thrown away meanwhile."""
    return [
        f"{name}, line {back.lineno}: give back what was found or made: {ast.unparse(back.value)}"
        " may have been cleared by another thread."
        for function in nodes(source, ".clear()")
        if isinstance(function, ast.FunctionDef)
        for back in ast.walk(function)
        if isinstance(back, ast.Return) and isinstance(back.value, ast.Subscript)
        if f"{ast.unparse(back.value.value)}.clear()" in ast.unparse(function)
        and not isinstance(_parent_of(back, function), ast.Try)
    ]


def _parent_of(node: ast.AST, within: ast.AST) -> ast.AST | None:
    return next((one for one in ast.walk(within) if node in ast.iter_child_nodes(one)), None)


def sleep_faults(name: str, source: str) -> list[str]:
    """A test that sleeps: slow when all is well, and wrong when the machine is busy."""
    words = {"sleep", "wait_for_timeout"}
    return [
        f"{name}, line {node.lineno}: wait for what you need, with tools.waiting.until or expect()."
        for node in nodes(source, *words)
        if (isinstance(node, ast.Attribute) and node.attr in words)
        or (isinstance(node, ast.ImportFrom) and words & {alias.name for alias in node.names})
    ]


def mock_faults(name: str, source: str) -> list[str]:
    """A test that replaces code of ours, and so would pass when that code is wrong."""
    advice = "use the real thing: only the clock, the wire and constants in capitals are replaced."
    words = ("mock", "setattr")
    ours = {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes(source, *words)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).partition(".")[0] in OURS
    }
    return [
        f"{name}, line {node.lineno}: {advice}"
        for node in nodes(source, *words)
        if isinstance(node, ast.arg | ast.Import | ast.ImportFrom | ast.Call)
        and (_is_mock(node) or _replaces(node, ours))
    ]


def _is_mock(node: ast.AST) -> bool:
    if isinstance(node, ast.arg):
        return node.arg == "mocker"
    if isinstance(node, ast.ImportFrom):
        return node.module in ("unittest.mock", "mock", "pytest_mock") or (
            node.module == "unittest" and any(alias.name == "mock" for alias in node.names)
        )
    return isinstance(node, ast.Import) and any(
        alias.name in ("unittest.mock", "mock", "pytest_mock") for alias in node.names
    )


def _replaces(call: ast.AST, ours: set[str]) -> bool:
    """Whether this is a call that sets an attribute of ours which is not a constant."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    if call.func.attr != "setattr" or not call.args:
        return False
    words = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    if any(isinstance(word, str) and word.rpartition(".")[2].isupper() for word in words[:1]):
        return False
    target = call.args[0]
    while isinstance(target, ast.Attribute | ast.Call):
        target = target.value if isinstance(target, ast.Attribute) else target.func
    if isinstance(target, ast.Constant):
        return str(target.value).partition(".")[0] in OURS
    return isinstance(target, ast.Name) and target.id in ours


INLINE = {
    r"<style\b": "put the rules into the style sheet",
    r"\sstyle\s*=": "give it a class and put the rule into the style sheet",
    r"<script\b(?![^>]*\ssrc\s*=)": "put the script into a file below web/static",
    r"\son[a-z]+\s*=\s*[\"']": "the page works without scripts: use a form or a link",
    r"javascript:": "the page works without scripts: use a form or a link",
    r"name=.csrf_token": "say {{ csrf_token | token_field }}, which is the only one",
}


def template_faults(name: str, template: str) -> list[str]:
    """Style and script inside a page, which the content policy would block; a token by hand."""
    template = re.sub(
        r"\{#.*?#\}", lambda words: "\n" * words[0].count("\n"), template, flags=re.DOTALL
    )
    return [
        f"{name}, line {template.count(chr(10), 0, found.start()) + 1}: {advice}."
        for pattern, advice in INLINE.items()
        for found in re.finditer(pattern, template, re.IGNORECASE)
    ]


COMPUTING = r"\{%-?\s*set\s+_\s*=|\.(?:append|extend|insert|update|pop|__\w+__)\(|\brange\("


def computing_faults(name: str, template: str) -> list[str]:
    """A template that puts together what it shows."""
    advice = "give the template lines that are ready to show, from the view or from the service"
    return [
        f"{name}, line {number}: {advice}."
        for number, line in enumerate(template.splitlines(), 1)
        if re.search(COMPUTING, line)
    ]


def form_faults(name: str, source: str) -> list[str]:
    """A form whose view is asked though its token is too old, and that does not look at that."""
    functions = {
        node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    }
    faults = [
        f"{name}, line {call.lineno}: take the form from sent_form(), which knows of its age."
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and ast.unparse(call) == "Form(request.form)"
    ]
    for function in functions.values():
        if not any("keeps_form" in ast.unparse(mark) for mark in function.decorator_list):
            continue
        own = [function, *(functions[called] for called in _called(function) & functions.keys())]
        if not any("sent_form" in _called(one) and _asks_for_errors(one) for one in own):
            faults.append(
                f"{name}, line {function.lineno}: {function.name} keeps its form: take it from"
                " sent_form(), and do nothing if it holds errors."
            )
    return faults


def _called(function: ast.FunctionDef) -> set[str]:
    """The names of the plain functions that a function calls."""
    return {
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _asks_for_errors(function: ast.FunctionDef) -> bool:
    """Whether some `if` looks at a form's errors."""
    return any(
        isinstance(node, ast.If) and "form.errors" in ast.unparse(node.test)
        for node in ast.walk(function)
    )


# What is counted in words; of limits in capitals there is never one.
COUNTED = re.compile(
    r"\s+(?:other |more |new |whole |open )?(?:answers(?! with|,)|areas|agencies|attempts|cells"
    r"|certificates|changes|codes|connections|databases|days|differences|drafts|duties|errors"
    r"|faults|files|groups|hours|issuers|letters|lines|links|messages|minutes|modules|months"
    r"|notices|pages|papers|partnerships|people(?! import)|persons|posts|problems|providers"
    r"|questionnaires|questions|reports|requests|results|rows|rules|scores|seconds|settings|times"
    r"|units|updates|warnings|weeks|words|workers|years)\b"
)


def count_faults(name: str, source: str) -> list[str]:
    """A count with its noun as if there were never one, or with a plural of its own making."""
    advice = "say how_many(count, noun), which knows of one"
    if name.endswith(".html"):
        said = (r"\{\{(?:(?!how_many|\}\}).)*\}\}([^<]{,40})", r"~ \"(\s[^\"<]{,40})")
        places = [
            source.count("\n", 0, one.start()) + 1
            for pattern in said
            for one in re.finditer(pattern, source)
            if COUNTED.match(one[1])
        ]
    else:
        places = [
            value.lineno
            for node in (nodes(source) if COUNTED.search(source) else ())
            if isinstance(node, ast.JoinedStr)
            for value, after in zip(node.values, node.values[1:], strict=False)
            if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant)
            if COUNTED.match(str(after.value)) and not _is_no_count(value)
        ]
    return [f"{name}, line {line}: {advice}." for line in places]


def _is_no_count(said: ast.FormattedValue) -> bool:
    """Whether it is a limit, which is a constant in capitals, or an amount with its parts."""
    if said.format_spec and re.search("[fg]'$", ast.unparse(said.format_spec)):
        return True
    value = said.value
    while isinstance(value, ast.Attribute | ast.Subscript | ast.Call):
        value = value.func if isinstance(value, ast.Call) else value.value
    return isinstance(value, ast.Name) and value.id.isupper()


LONGEST_LINE = 160  # characters of a template


def template_line_faults(name: str, template: str) -> list[str]:
    """A line of a template that nobody can read without moving it sideways.

    The newline after a block tag is not sent, nor is white space beside `-%}` and `{#- -#}`: pages
    of the hot path break there, and grow by nothing.
    """
    advice = f"break it: {LONGEST_LINE} characters at most, at a tag or inside of an expression"
    return [
        f"{name}, line {number}: {advice}."
        for number, line in enumerate(template.splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]


def name_faults(distributions: dict[str, list[str]]) -> list[str]:
    """Installed distributions that bring a package named as one of ours, and would shadow it."""
    names = (*OURS, "tests", "tools")
    return [
        f"{brought} brings a package named {name}: keep it out of this environment."
        for name in names
        for brought in distributions.get(name, [])
        if brought != "the-knowledge"
    ]


# What is decided in one place: how it looks in code, and the file that others ask instead.
ONE_HOME = {
    r"startswith\(f\"\{[\w.]+\}/\"\)": ("quizbot/words.py", "is_within, or access.is_below"),
    r"(?:ends_on|left_on)\.is_\(None\), \w+\.(?:c\.)?(?:ends_on|left_on) >=": (
        "quizbot/access.py",
        "is_open, live or is_here",
    ),
    r"(?:ends_on|left_on) is None or [\w.]*(?:ends_on|left_on) >=|"
    r"left_on is not None and [\w.\[\]]*left_on <": (
        "quizbot/clock.py",
        "has_ended",
    ),
    r"\"1 [a-z]+[^\"]*\" if |\b'?[a-z]+' if [\w.()]+ == 1 else '[a-z]+s'": (
        "questions/counts.py",
        "how_many",
    ),
    r"[Yy]our manager sees (?!it)": ("quizbot/words.py", "MANAGER_SEES"),
    r":%B %Y": ("quizbot/words.py", "long_date or month_name"),
    r"Shorten this to|\bcannot be shown: type|ord\(\w+\) <": ("quizbot/words.py", "to_mend"),
    r"person\.c\.email ==": ("quizbot/access.py", "has_address"),
    r"csv\.(?:DictW|w)riter\(": ("quizbot/cells.py", "csv_lines"),
    r"unicodedata|\.isprintable\(": ("quizbot/words.py", "is_showable or tidy"),
    r"is_shown\(row\.asked": ("quizbot/evidence/latest_attempts.py", "shown_in"),
    r"right(?:_count)? == [\w.]*asked|asked == [\w.]*right": (
        "quizbot/rules/outcome.py",
        "is_shown",
    ),
    r"if \w+ >= [\w.]*made_on": ("quizbot/rules/outcome.py", "met_on"),
    r"counts\(\), attempt\.c\.passed": (
        "quizbot/store/counted.py",
        "PASSES, or pass_days from requests",
    ),
    r"\bjob\.(?:casefold|lower)\(\)": ("quizbot/words.py", "folded_job"),
    r"next\(\(\w+ for \w+ in \w+ if \w+ not in done": (
        "quizbot/attempts/attempts.py",
        "next_unanswered",
    ),
    # An instant has a day in London alone: not its UTC day, nor the first letters of its ISO form.
    r"(?:\)|_at|\bat|\bnow)\.date\(\)"
    r"|(?:_at|\bnow|now\(\))(?::%|\.strftime\(|\.isoformat\(\)\[|\.(?:day|month|year)\b)"
    r"|\.isoformat\(\)\[:10\]|str\([\w.]*_at\)\[|\bfunc\.date\(|date\.today\("
    r"|combine\([^\n]+, time\(\)(?!, UTC)": ("quizbot/clock.py", "london_day or day_begins"),
}


def second_home_faults(name: str, source: str) -> list[str]:
    """A rule that is written out again, away from the one place where it is kept."""
    return [
        f"{name}, line {source.count(chr(10), 0, found.start()) + 1}: take {instead} from {home}."
        for pattern, (home, instead) in ONE_HOME.items()
        if name != home
        for found in re.finditer(pattern, source)
    ]


# What modules keep, and so every partnership in the process shares: each with why nothing of one
# can reach another by it. What is a partnership's own hangs on its service or its pages.
ALONE = "what is asked is all that the answer rests on"
FILE_OF_OURS = "a file that comes with the service"
STATEMENT = "a statement, without a value"
OF_PAGES = "made for one partnership's pages, and held by them"
KEPT = {
    "quizbot/attempts/attempts.py begin": STATEMENT,
    "quizbot/attempts/attempts.py _keep_answer": STATEMENT,
    "quizbot/attempts/attempts.py _taken": STATEMENT,
    "quizbot/chat/concern.py _lists": FILE_OF_OURS,
    "quizbot/chat/plain.py _told": FILE_OF_OURS,
    "quizbot/chat/plain.py _phrases": FILE_OF_OURS,
    "quizbot/chat/wording.py told": FILE_OF_OURS,
    "quizbot/cli/common.py TOLD": "names of settings that a command has told of",
    "quizbot/editions/editions.py _READ": ALONE,
    "quizbot/editions/place.py shipped_settings": FILE_OF_OURS,
    "quizbot/editions/place.py place_words": FILE_OF_OURS,
    "quizbot/editions/place.py _last_good": "by its file, for whoever names that file",
    "quizbot/editions/robots.py _KNOWN": "a number, by the fingerprint of all that was asked",
    "quizbot/editions/worth.py _KNOWN": "shares, by the fingerprint of all that was asked",
    "quizbot/evidence/latest_attempts.py _looking_up": STATEMENT,
    "quizbot/evidence/passport/signed.py _registry": "which algorithms may sign",
    "quizbot/evidence/pdf.py _is_shown": ALONE,
    "quizbot/evidence/pdf.py _fonts": FILE_OF_OURS,
    "quizbot/hosts.py plain_host": ALONE,
    "quizbot/hosts.py host_of": ALONE,
    "quizbot/logs.py HERE": "how the process logs",
    "quizbot/outbox/notices.py _noting": STATEMENT,
    "quizbot/outgoing.py _trust": "which certificates the machine trusts",
    "quizbot/reminders/digests.py _putting": STATEMENT,
    "quizbot/reminders/letter_parts.py _inliner": FILE_OF_OURS,
    "quizbot/rules/due/ranges.py _limits": ALONE,
    "quizbot/standing/working_days.py _england": ALONE,
    "quizbot/store/database.py _once": STATEMENT,
    "quizbot/store/database.py _ready": STATEMENT,
    "quizbot/store/database.py _turning": ALONE,
    "questions/learned.py _low": ALONE,
    "questions/lint/__init__.py _said_of": ALONE,
    "questions/lint/language.py _style": FILE_OF_OURS,
    "questions/lint/people.py _named_in": ALONE,
    "questions/lint/people.py name_groups": FILE_OF_OURS,
    "questions/lint/people.py _known": FILE_OF_OURS,
    "questions/lint/people.py _protects": ALONE,
    "questions/lint/stem.py _outdated": FILE_OF_OURS,
    "questions/lint/whole.py _runs": ALONE,
    "questions/lint/text.py lists": FILE_OF_OURS,
    "questions/lint/text.py listed": FILE_OF_OURS,
    "questions/lint/text.py words_in": ALONE,
    "questions/lint/text.py sentences_in": ALONE,
    "questions/lint/text.py root": ALONE,
    "questions/lint/text.py roots": ALONE,
    "questions/lint/text.py syllables": ALONE,
    "questions/place.py _read": ALONE,
    "questions/register.py shipped_register": FILE_OF_OURS,
    "web/current.py form_token": OF_PAGES,
    "web/reviewed.py __init__": OF_PAGES,
}
CHANGING = frozenset(
    "append add update setdefault pop popitem clear extend insert discard remove".split()
)


def kept_names(source: str) -> set[str]:
    """What a module keeps as it goes: functions with a cache, and names of its own that change."""
    tree = ast.parse(source)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    own = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for function in functions:
        if any(map(_is_cache, function.decorator_list)):
            found.add(function.name)
        given = {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                found.update(node.names)
            changed = _changed_in(node)
            if isinstance(changed, ast.Name) and changed.id in own - given:
                found.add(changed.id)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Call):
                found |= {function.name} if _is_cache(node.func) else set()
    return found


def _is_cache(node: ast.expr) -> bool:
    return ast.unparse(node).partition("(")[0].rpartition(".")[2] in ("cache", "lru_cache")


def _changed_in(node: ast.AST) -> ast.expr | None:
    """What something is put into, or taken from."""
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value if node.func.attr in CHANGING else None
    return None


def kept_faults(name: str, source: str) -> list[str]:
    """What is kept by a module, and not known to be nobody's."""
    return [
        f"{name}: {kept} is shared by all partnerships of a process: keep it on the service, or"
        " say in KEPT why nothing of one reaches another by it."
        for kept in sorted(kept_names(source))
        if f"{name} {kept}" not in KEPT
    ]
