"""The steps of a draft's form: what each shows of a question, and how it changes one."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from questions import called
from questions.made_here import PARTS, Sheet
from questions.module import Module, SourceKind
from web.forms import Form

Content = dict[str, Any]
Choices = list[tuple[str, str]]
STEPS = {
    "asked": "What is asked",
    "answers": "The answers",
    "reasons": "Why, and what it rests on",
    "counts": "How it counts",
}
KINDS = [*called.KINDS.items()]
LEVELS = [*called.LEVELS.items()]
_ASKS_FOR = {
    "recall": "Something to know",
    "understand": "What it means, and why",
    "apply": "What to do in a story",
}
LEVELS_TOLD = [(name, words, _ASKS_FOR[name]) for name, words in LEVELS]
AUTHORITIES = [*called.AUTHORITIES.items()]
SENSITIVE = [*called.SENSITIVE.items()]
ERRS = [("", "Choose"), *called.ERRS.items()]
VERDICTS = [("", "Not decided"), *called.VERDICTS.items()]
SOURCE_KINDS = [
    ("", "Choose"),
    (SourceKind.ACT.value, "An act"),
    (SourceKind.REGULATIONS.value, "Regulations"),
    (SourceKind.GUIDANCE.value, "Guidance"),
    (SourceKind.REVIEW.value, "A review"),
    (SourceKind.LOCAL.value, "A local procedure"),
    (SourceKind.OTHER.value, "Something else"),
]
SOURCES = 3
MIXUPS = 3
LONG, SHORT, IDS = 2000, 300, 500
_STEP_OF = {
    "asked": ("objective", "id", "kind", "scenario", "ask", "sensitive"),
    "answers": ("option", "step", "pair", "mixup"),
    "reasons": ("because", "source", "lesson"),
}


def step_of(field: str) -> str:
    """The step that has a field."""
    first = field.split("-")[0]
    found = (step for step, names in _STEP_OF.items() if first in names)
    return next(found, "counts")


_GIVEN = ("id", "kind", "since", "sensitive", "objective")  # what a draft begins with


def is_begun(sheet: Sheet, step: str) -> bool:
    """Whether anything of a step is written yet: before that, nothing in it is wrong."""
    return any(
        value and step_of("source" if name == "sources" else name) == step
        for name, value in sheet.question.items()
        if name not in _GIVEN
    )


def part_of(sheet: Sheet) -> str:
    """What its answers are called: option, step or pair."""
    return PARTS.get(str(sheet.question.get("kind")), "option")


@dataclass(frozen=True)
class Row:
    """One of the answers, sources or mix-ups as the form shows it, empty ones too."""

    number: int
    values: Mapping[str, str]
    is_right: bool = False


def rows_of(sheet: Sheet) -> tuple[Row, ...]:
    """The answers as they are, and empty ones to fill."""
    part = part_of(sheet)
    given: Sequence[Content] = sheet.question.get(part) or ()
    count = max(4 if part == "option" else 6, len(given))
    return tuple(
        Row(
            number,
            {name: value for name, value in one.items() if isinstance(value, str)},
            one.get("right") is True,
        )
        for number, one in enumerate([*given, *([{}] * (count - len(given)))], 1)
    )


def mixups_of(sheet: Sheet) -> tuple[Row, ...]:
    """The mix-ups as they are, and empty ones."""
    given: Sequence[Content] = sheet.question.get("mixup") or ()
    filled = [
        {
            "one": str(one["swap"][0]) if one.get("swap") else "",
            "other": str(one["swap"][1]) if len(one.get("swap") or ()) > 1 else "",
            "misconception": str(one.get("misconception", "")),
            "errs": str(one.get("errs") or ""),
        }
        for one in given
    ]
    count = max(MIXUPS, len(filled))
    return tuple(
        Row(number, one) for number, one in enumerate([*filled, *([{}] * (count - len(filled)))], 1)
    )


def sources_of(sheet: Sheet) -> tuple[Row, ...]:
    """What it rests on, and empty rows."""
    given: Sequence[Content] = sheet.question.get("sources") or ()
    count = max(SOURCES, len(given) + 1)
    return tuple(
        Row(number, {name: str(one.get(name, "")) for name in ("id", "at")})
        for number, one in enumerate([*given, *([{}] * (count - len(given)))], 1)
    )


def beliefs_of(sheet: Sheet, known: Mapping[str, str]) -> Choices:
    """What a wrong answer can stand for: new ones first."""
    return [("", "Choose"), *{**sheet.beliefs, **known}.items()]


def facts_of(sheet: Sheet, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """The checked facts that can be chosen, and those that the question names already."""
    given = {str(fact): "" for fact in sheet.question.get("facts") or ()}
    return [
        (name, f"{name}: {says}" if says else name) for name, says in {**given, **known}.items()
    ]


def switches_of(sheet: Sheet, known: Sequence[tuple[str, str]]) -> Choices:
    """What a place can turn on, in words, and what the question names already."""
    given = [str(name) for name in sheet.question.get("needs") or ()]
    return [*known, *((name, name) for name in given if name not in dict(known))]


def source_choices(sheet: Sheet, module: Module, shared: Mapping[str, str]) -> Choices:
    """What can be cited: new ones, the module's, and those of the register."""
    known = {name: str(one.get("title", name)) for name, one in sheet.sources.items()}
    own = {name: one.title for name, one in module.sources.items()}
    return [("", "Choose"), *{**shared, **own, **known}.items()]


def texts_of(sheet: Sheet) -> dict[str, str]:
    """The fields that hold one value, as the form shows them."""
    content = sheet.question
    lesson = content.get("lesson") or {}
    found = {
        name: str(content.get(name) or "")
        for name in ("id", "kind", "scenario", "ask", "sensitive", "because", "level")
    }
    found |= {
        name: str(content.get(name) or "")
        for name in ("authority", "must_know", "since", "check", "twin")
    }
    found |= {f"lesson-{name}": str(lesson.get(name, "")) for name in ("review", "at", "says")}
    found["objective"] = sheet.objective
    found["not_with"] = "\n".join(content.get("not_with") or ())
    return found


def day_of(sheet: Sheet) -> tuple[str, str, str]:
    """The day of its review as three fields show it."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", str(sheet.question.get("review_by", "")))
    return (str(int(match[3])), str(int(match[2])), match[1]) if match else ("", "", "")


# Two versions of one field

_LESSON = {
    "lesson-review": "The review",
    "lesson-at": "The place in the review",
    "lesson-says": called.FIELDS["lesson"],
}


def name_of(field: str) -> str:
    """What a field is called on the form, by its name in a version."""
    return _LESSON.get(field) or called.part_called(field)


def value_of(field: str, value: Any, choices: Mapping[str, Any]) -> str:
    """A value as people read it: what can be chosen by its words, a whole row by all of them."""
    if value in (None, ""):
        return "Nothing: it was taken away"
    if field == "quiet":
        return called.QUIET
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return "; ".join(value_of(f"{field}-{name}", one, choices) for name, one in value.items())
    if isinstance(value, list):
        return " and ".join(str(one) for one in value)
    lists = {
        "misconception": "beliefs",
        "missed": "beliefs",
        "errs": "errs",
        "objective": "objectives",
        "kind": "kinds",
        "level": "levels",
        "authority": "authorities",
        "sensitive": "sensitive",
        "must_know": "must_knows",
        "verdict": "verdicts",
    }
    last = field.rpartition("-")[2]
    listed = "sources" if field.startswith("sources-") and last == "id" else lists.get(last, "")
    return str(dict(choices.get(listed, ())).get(value, value))


# Reading a form


NEW_ONLY = {"id": "", "kind": ""}  # what a question that is published keeps


def change_of(form: Form, step: str, shared: Mapping[str, str]) -> Callable[[Sheet], Sheet]:
    """How a step's form changes a sheet; what cannot be kept is told among the form's errors.

    `shared` is what the step needs to know: the changes of guidance that touch the question, what
    only a new question may change, or the beliefs there are.
    """
    read = {"asked": _asked, "answers": _answers, "reasons": _reasons, "counts": _counts}[step]
    return read(form, shared)


def _asked(form: Form, names: Mapping[str, str]) -> Callable[[Sheet], Sheet]:
    given = {name: form.text(name, LONG) for name in ("scenario", "ask", "sensitive")}
    given |= {name: form.text(name, 64) for name in names if name in form.fields}
    objective = form.text("objective", 64)
    return lambda sheet: replace(
        sheet, question=_with(sheet.question, given), objective=objective or sheet.objective
    )


def _answers(form: Form, known: Mapping[str, str]) -> Callable[[Sheet], Sheet]:
    beliefs = dict(known)
    read = {part: list(_rows(form, part, beliefs)) for part in ("option", "step", "pair")}
    mixups = list(_mixups(form, beliefs))
    new = {name: says for name, says in beliefs.items() if name not in known}

    def change(sheet: Sheet) -> Sheet:
        part = part_of(sheet)
        content: Content = {**sheet.question, part: read[part]}
        if part != "option":
            content = _with(content, {"mixup": mixups})
        return replace(sheet, question=content, beliefs={**sheet.beliefs, **new})

    return change


def _rows(form: Form, part: str, beliefs: dict[str, str]) -> Iterator[Content]:
    names = {"option": ("text", "why"), "step": ("text", "why"), "pair": ("left", "right", "why")}
    for number in range(1, 21):
        at = f"{part}-{number}"
        if not any(f"{at}-{name}" in form.fields for name in names[part]):
            continue
        row: Content = {name: form.text(f"{at}-{name}", LONG) for name in names[part]}
        chosen = {
            name: form.text(f"{at}-{name}", 64) for name in ("misconception", "missed", "errs")
        }
        if new := form.text(f"{at}-belief", SHORT):
            chosen["misconception"] = _named(new, beliefs)
        is_right = str(number) in form.fields.getlist("right") and part == "option"
        if not any(row.values()):
            continue
        if part == "option":
            left = ("missed",) if is_right else ("misconception", "errs")
            row |= {name: chosen[name] for name in left if chosen[name]}
            row |= {"right": True} if is_right else {}
        yield {name: value for name, value in row.items() if value != ""}


def _mixups(form: Form, beliefs: dict[str, str]) -> Iterator[Content]:
    for number in range(1, 11):
        at = f"mixup-{number}"
        one, other = form.number(at, 0, 6), form.number(f"{at}-other", 0, 6)
        belief = form.text(f"{at}-misconception", 64)
        if new := form.text(f"{at}-belief", SHORT):
            belief = _named(new, beliefs)
        errs = form.text(f"{at}-errs", 10)
        if not (one or other or belief):
            continue
        yield {"swap": [one, other], "misconception": belief} | ({"errs": errs} if errs else {})


def _named(says: str, known: dict[str, str]) -> str:
    """An id for something new, from its words; the same words have one id, others another."""
    words = re.findall(r"[a-z0-9]+", says.lower())
    name = "-".join(["new", *words] if not words or words[0][0].isdigit() else words)[:40]
    id_ = name = name.rstrip("-")
    number = 1
    while known.get(id_, says) != says:
        number += 1
        id_ = f"{name}-{number}"
    known[id_] = says
    return id_


def _reasons(form: Form, known: Mapping[str, str]) -> Callable[[Sheet], Sheet]:
    because = form.text("because", LONG)
    lesson = {name: form.text(f"lesson-{name}", LONG) for name in ("review", "at", "says")}
    cited = []
    for number in range(1, 11):
        row = {
            "id": form.text(f"source-{number}-id", 64),
            "at": form.text(f"source-{number}-at", SHORT),
        }
        if any(row.values()):
            cited.append({name: value for name, value in row.items() if value})
    new = {name: form.text(f"new-{name}", SHORT) for name in ("title", "edition", "publisher")}
    new |= {"url": form.text("new-url", IDS)}
    sources: dict[str, Content] = {}
    if new["title"]:
        missing = [name for name in ("edition", "publisher") if not new[name]]
        for name in missing:
            form.errors.setdefault(f"new-{name}", f"Give the {name} of the new source")
        if new["url"] and not new["url"].startswith(("https://", "http://")):
            form.errors.setdefault("new-url", "An address begins with https://")
        kind = form.choice("new-kind", [kind.value for kind in SourceKind], "Choose what it is")
        name = _named(new["title"], dict(known))
        sources[name] = {n: v for n, v in new.items() if v} | {"kind": kind}
        cited.append({"id": name, "at": form.text("new-at", SHORT) or "not numbered"})
    given: Content = {"because": because, "sources": cited}
    given["lesson"] = lesson if any(lesson.values()) else ""
    return lambda sheet: replace(
        sheet,
        question=_with(sheet.question, given),
        sources={**sheet.sources, **sources},
    )


def _counts(form: Form, changes: Mapping[str, str]) -> Callable[[Sheet], Sheet]:
    given: Content = {
        name: form.text(name, 64) for name in ("level", "authority", "must_know", "since", "twin")
    }
    given["check"] = form.text("check", LONG)
    given["facts"] = form.fields.getlist("facts")[:40]
    given["not_with"] = _listed(form.text("not_with", LONG), r"[,\s]+")
    given["needs"] = form.fields.getlist("needs")[:20]
    given["quiet"] = "yes" in form.fields.getlist("quiet")
    given["allow"] = dict(_allowed(form))
    day = form.day("review_by")
    given["review_by"] = day.isoformat() if day else ""
    decided = []
    for change in changes:
        verdict = form.text(f"verdict-{change}", 20)
        why = form.text(f"why-{change}", LONG)
        if verdict:
            decided.append({"change": change, "verdict": verdict, "why": why})
    given["decision"] = decided
    return lambda sheet: replace(sheet, question=_with(sheet.question, given))


def _listed(words: str, between: str) -> list[str]:
    return [one.strip() for one in re.split(between, words) if one.strip()]


def _allowed(form: Form) -> Iterator[tuple[str, str]]:
    for name in form.fields:
        rule = name.removeprefix("allow-")
        if re.fullmatch(r"W\d\d", rule) and name != rule and (why := form.text(name, SHORT)):
            yield rule, why


def _with(content: Content, given: Content) -> Content:
    """The content with these fields; what is empty is taken away."""
    kept = {**content, **given}
    return {
        name: value
        for name, value in kept.items()
        if name not in given or value not in ("", [], {}, False, None)
    }
