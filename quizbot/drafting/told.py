"""What a draft changes, in words: part by part, word by word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from questions.called import QUIET, value_called
from questions.exchange.model import Content
from questions.made_here import Sheet
from questions.module import Module
from questions.register import Register
from questions.touching import OLD_RULE, OLD_RULE_SAYS
from quizbot.editions.comparing import Changed, day_in_words, pieces_of
from quizbot.editions.place import place_words

DraftChange = Changed
_LISTS = ("option", "step", "pair")
_LATER = {"id", "kind", "scenario", "ask", *_LISTS, "mixup", "decision"}


@dataclass(frozen=True)
class NamesSaid:
    """What the ids that a question names stand for, as people read it."""

    objectives: Mapping[str, str] = field(default_factory=dict)
    must_knows: Mapping[str, str] = field(default_factory=dict)
    beliefs: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)

    def with_own(self, sheet: Sheet) -> "NamesSaid":
        """With the beliefs and sources that a draft brings."""
        own = {name: str(one.get("title", name)) for name, one in sheet.sources.items()}
        return replace(
            self, beliefs={**self.beliefs, **sheet.beliefs}, sources={**self.sources, **own}
        )


def named_in(module: Module | None, register: Register) -> NamesSaid:
    """The names of a module, and of the register that it is read with."""
    sources = {name: one.title for name, one in register.sources.items()}
    changes = {name: one.now for name, one in register.changes.items()}
    if module is None:
        return NamesSaid(sources=sources, changes=changes)
    own = {name: one.title for name, one in module.sources.items()}
    return NamesSaid(
        objectives=module.objectives,
        must_knows={name: one.says for name, one in module.must_knows.items()},
        beliefs={OLD_RULE: OLD_RULE_SAYS, **module.misconceptions},
        sources={**sources, **own},
        changes=changes,
    )


def changes_of(before: Sheet | None, after: Sheet, named: NamesSaid) -> tuple[DraftChange, ...]:
    """Every part of a sheet that is not what it was, with the words taken out and put in."""
    old = dict(_texts(before, named.with_own(before))) if before is not None else {}
    new = dict(_texts(after, named.with_own(after)))
    return tuple(
        Changed(name, pieces_of(name, old.get(name, ""), new.get(name, "")))
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "")
    )


def _texts(sheet: Sheet, named: NamesSaid) -> Iterator[tuple[str, str]]:
    content = sheet.fitting()
    yield "why", sheet.why
    yield "id", str(content.get("id", ""))
    yield "kind", value_called("kind", str(content.get("kind", "")))
    yield "objective", named.objectives.get(sheet.objective, sheet.objective)
    for name in ("scenario", "ask"):
        yield name, str(content.get(name, ""))
    for part in _LISTS:
        for number, one in enumerate(content.get(part) or (), 1):
            yield from _of_part(f"{part}-{number}", one, named)
    for number, one in enumerate(content.get("mixup") or (), 1):
        yield f"mixup-{number}", _mixup(one, named)
    for name, value in content.items():
        if name not in _LATER:
            yield name, _words(name, value, named)
    yield "decision", "; ".join(_decided(one, named) for one in content.get("decision") or ())
    yield "beliefs", "; ".join(sheet.beliefs.values())
    yield "new-sources", "; ".join(str(one.get("title", "")) for one in sheet.sources.values())


def _of_part(at: str, one: Content, named: NamesSaid) -> Iterator[tuple[str, str]]:
    text = one.get("text") or " – ".join(filter(None, (one.get("left"), one.get("right"))))
    if at.startswith("option"):
        text = f"{one.get('text', '')}{' (right)' if one.get('right') is True else ''}"
    yield at, str(text)
    yield f"{at}-why", str(one.get("why", ""))
    for name in ("misconception", "missed"):
        yield f"{at}-{name}", _belief(one, name, named)
    yield f"{at}-errs", value_called("errs", str(one.get("errs", "")))


def _decided(one: Content, named: NamesSaid) -> str:
    change = str(one.get("change", ""))
    verdict = value_called("verdict", str(one.get("verdict", "")))
    return f"{named.changes.get(change, change)} {verdict}: {one.get('why', '')}"


def _belief(one: Content, name: str, named: NamesSaid) -> str:
    belief = str(one.get(name, ""))
    return named.beliefs.get(belief, belief)


def _mixup(one: Content, named: NamesSaid) -> str:
    parts = (
        " and ".join(str(number) for number in one.get("swap") or ()),
        _belief(one, "misconception", named),
        value_called("errs", str(one.get("errs") or "")),
    )
    return ": ".join(filter(None, parts))


def _words(name: str, value: Any, named: NamesSaid) -> str:
    """A field that is no text, as people read it: names and what was chosen in words."""
    if name == "must_know":
        return named.must_knows.get(str(value), str(value))
    if name == "review_by":
        return day_in_words(str(value))
    if name == "quiet":
        return QUIET if value else ""
    if name == "needs":
        value = [place_words().get(str(one), one) for one in value]
    if name == "sources":
        value = [
            f"{named.sources.get(one.get('id'), one.get('id', ''))}, {one.get('at', '')}"
            for one in value
        ]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return value_called(name, str(value))
