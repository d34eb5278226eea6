"""What is wrong with a draft of a question, each thing beside the field that it speaks of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter, ValidationError

from questions.checks import question_checks
from questions.exchange.model import Content
from questions.findings import Level, located
from questions.kinds import KINDS, Question, QuestionBase
from questions.lint import CHECKS, lint_one, rule_of
from questions.made_here import PARTS, Sheet, names_with
from questions.module import Module
from questions.page_words import gap_words, page_words
from questions.place import Place
from questions.register import Register
from questions.touching import fitted

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
_LISTS = {"sources": "source"}
_FIRST = {"option": "text", "step": "text", "pair": "left", "source": "id"}
_FIELD_OF_RULE = {
    "W06": "review_by",
    "allow": "allow",
    "change": "decision",
    "decision": "decision",
    "must-know": "must_know",
    "not-with": "not_with",
    "objective": "objective",
    "source": "source-1-id",
    "twin": "twin",
}
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
_PART = re.compile(r"\b(option|step|pair|mixup) (\d)\b")
_NAMED = re.compile(r"`(\w+)`")
RULE_GONE = "Nothing is found of this rule as the question stands"
_SLOT = re.compile(r"\{[a-z][a-z0-9_.]*\}")


@dataclass(frozen=True)
class Beside:
    """One thing found, with the field of the form where it is mended, in the form's words."""

    field: str
    level: Level
    rule: str
    words: str


def fields_of(content: Content) -> dict[str, str]:
    """Every text of a question by the field that holds it, in the order in which it is read."""
    found = {name: str(content.get(name, "")) for name in ("scenario", "ask")}
    for part in ("option", "step", "pair"):
        for number, one in enumerate(content.get(part) or (), 1):
            names = ("text", "left", "right", "why")
            texts = {name: one[name] for name in names if isinstance(one.get(name), str)}
            found |= {f"{part}-{number}-{name}": text for name, text in texts.items()}
    found["because"] = str(content.get("because", ""))
    lesson = content.get("lesson") or {}
    found |= {f"lesson-{name}": str(text) for name, text in lesson.items()}
    return found


def beside(
    sheet: Sheet, module: Module, register: Register, place: Place, today: date
) -> tuple[Beside, ...]:
    """All that is found in one question of a module: first what keeps it from being one."""
    content = sheet.fitting()
    try:
        question = _QUESTION.validate_python({**content, "objective": sheet.objective or "unset"})
    except ValidationError as error:
        return tuple(dict.fromkeys(_gaps(error, content)))
    others = tuple(one for one in module.questions if one.id != question.id)
    whole = module.model_copy(update=names_with(module, sheet))
    whole = whole.model_copy(update={"questions": (question, *others)})
    whole, told = fitted(whole, register, place.is_on)
    found = [
        Beside(_FIELD_OF_RULE.get(one.rule, "ask"), one.level, one.rule, page_words(one.words))
        for one in told
        if one.question == question.id
    ]
    found += _found(question, whole, content, place, today)
    return tuple(dict.fromkeys(found))


def _gaps(error: ValidationError, content: Content) -> Iterator[Beside]:
    """What pydantic found, by where it found it."""
    model = KINDS.get(str(content.get("kind")), QuestionBase)
    for loc, rule, words in located(error, model):
        at = [part for part in loc if part not in KINDS]
        yield Beside(_field_at(at, words), "fault", rule, gap_words(at, words))


def _field_at(at: Sequence[int | str], words: str) -> str:
    if not at:
        return _field_in(words) or "ask"
    name = _LISTS.get(str(at[0]), str(at[0]))
    if name == "decision":
        return name
    if name == "allow":
        return f"allow-{at[1]}" if len(at) > 1 else "allow"
    if len(at) > 1 and isinstance(at[1], int):
        inner = str(at[2]) if len(at) > 2 else _FIRST.get(name, "")
        return "-".join(filter(None, [name, str(at[1] + 1), "" if name == "mixup" else inner]))
    if name in _FIRST:
        return f"{name}-1-{_FIRST[name]}"
    if name in ("lesson", "withdrawn"):
        return f"lesson-{at[1]}" if len(at) > 1 else "lesson-says"
    return name


def _field_in(words: str) -> str:
    """The field that a sentence names."""
    if part := _PART.search(words):
        name, number = part.groups()
        if name == "mixup":
            return f"mixup-{number}"
        named = [one for one in _NAMED.findall(words) if one in ("misconception", "errs", "missed")]
        inner = named[0] if named else "errs" if "errs =" in words else _FIRST[name]
        return f"{name}-{number}-{inner}"
    return ""


def _found(
    question: Question, module: Module, content: Content, place: Place, today: date
) -> Iterator[Beside]:
    first = f"{PARTS[question.kind]}-1-{_FIRST[PARTS[question.kind]]}"
    texts = fields_of(content)
    texts |= {
        f"option-{n}-misconception": str(one.get("misconception", ""))
        for n, one in enumerate(content.get("option") or (), 1)
    }
    for of_module in question_checks(module):
        for rule, words in of_module(question, module):
            yield Beside(_where(rule, words, texts, first), "fault", rule, page_words(words))
    yield from _slots(question, texts, place)
    if question.review_by < today:
        words = f"Was to be looked at by {question.review_by}: until then it does not count"
        yield Beside("review_by", "warning", "W06", words)
    for check in CHECKS:
        rule = rule_of(check)
        if rule in question.allow:
            continue
        for level, words in check(question):
            yield Beside(_where(rule, words, texts, first), level, rule, page_words(words))


def waivable(sheet: Sheet, module: Module) -> tuple[tuple[str, str], ...]:
    """The rules that a question does not keep, or is excused from, each with what it says here."""
    content = {**sheet.fitting(), "objective": sheet.objective or "unset", "allow": {}}
    given = dict.fromkeys(sheet.question.get("allow") or {}, "")
    try:
        question = _QUESTION.validate_python(content)
    except ValidationError:
        return tuple((rule, RULE_GONE) for rule in given)
    others = tuple(one for one in module.questions if one.id != question.id)
    whole = module.model_copy(update={"questions": (question, *others)})
    found: dict[str, list[str]] = {}
    for one in lint_one(whole, question):
        found.setdefault(one.rule, []).append(page_words(one.words))
    said = {rule: "; ".join(dict.fromkeys(words)) for rule, words in found.items()}
    return tuple((rule, said.get(rule, RULE_GONE)) for rule in {**said, **given})


def _where(rule: str, words: str, texts: Mapping[str, str], first: str) -> str:
    """The field that a finding speaks of: it names it, or quotes it, or its rule is about it."""
    if field := _FIELD_OF_RULE.get(rule) or _field_in(words):
        return field
    named = next((one for one in _NAMED.findall(words) if one in ("ask", "facts", "sensitive")), "")
    if named:
        return named
    is_reason = "reason" in words
    for quoted in _QUOTED.findall(words):
        same = [name for name, text in texts.items() if text == quoted]
        holding = same or [name for name, text in texts.items() if quoted in text]
        if is_reason:  # it is named by the words of what it is the reason for, or quoted itself
            whys = [name for name in holding if name == "because" or name.endswith("-why")]
            parts = [name.rpartition("-")[0] for name in holding if "-" in name]
            if whys or parts:
                return whys[0] if whys and not same else f"{parts[0]}-why"
        elif holding:
            return holding[0]
    if is_reason:
        return "because"
    return first if re.search(r"\boptions?\b|right answer|some (?:end|begin|are)", words) else "ask"


def _slots(question: Question, texts: Mapping[str, str], place: Place) -> Iterator[Beside]:
    for field, text in texts.items():
        for name in place.slots_in(text):
            setting = place.settings.get(name)
            if setting is None or setting.type == "switch":
                words = f"slot {{{name}}} is no setting of the place that can be filled in"
                yield Beside(field, "fault", "slot", page_words(words))
            elif not setting.is_filled:
                words = f"slot {{{name}}} is empty at this place: the question is not asked"
                yield Beside(field, "warning", "slot", page_words(words))
        if any(brace in _SLOT.sub("", text) for brace in "{}"):
            words = "A brace stands alone: a word of this place is written {referral_team}"
            yield Beside(field, "fault", "slot", words)
    for switch in question.needs:
        if switch not in place.settings or place.settings[switch].type != "switch":
            words = f"{switch!r} is no switch of the place"
            yield Beside("needs", "fault", "slot", page_words(words))
