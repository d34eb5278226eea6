"""Our questions as the formats of others know them, and what they know as a draft of ours."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from questions.counts import how_many
from questions.exchange.labels import labels as labelled
from questions.exchange.labels import read_labels
from questions.exchange.model import (
    Answer,
    Content,
    Draft,
    Item,
    NoSuchKind,
    Note,
    Reading,
    id_from,
    paragraphs,
    showable,
    tidied,
)
from questions.kinds import Question
from questions.module import Module

_SET_HERE = {"objective", "held", "slots_until", "undecided_from"}

_SOURCE = re.compile(r"Source: (?P<title>.*?) \[(?P<id>[a-z][a-z0-9-]*)\] (?P<at>.+)")
_LESSON = re.compile(r"Lesson: (?P<review>.*?) \[(?P<at>.*?)\] (?P<says>.+)")
_NUMBERED = re.compile(r"\(?([A-Za-z]|\d{1,2})[.)]\s+(?=\S)")
_BRACES = re.compile(r"\{[a-z][a-z0-9_.]*\}|[{}]")


def content_of(question: Question) -> Content:
    """A question as a bank file has it."""
    dumped: Content = question.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude=_SET_HERE
    )
    for option in dumped.get("option", ()):
        option.pop("right", None) if not option.get("right") else None
    return dumped


def item_of(question: Question, module: Module, fields: Iterable[str]) -> Item:
    """A question for others: what has no field there stands in its feedback or on its labels."""
    content: Content = showable(content_of(question))
    given = content.get("option", ())
    rights = sum("right" in option for option in given)
    options = tuple(
        Answer(one["text"], _share(question.kind, rights, is_right="right" in one), one["why"])
        for one in given
    )
    return Item(
        name=question.id,
        kind=question.kind,
        ask=content["ask"],
        scenario=content.get("scenario", ""),
        category=(module.title, question.objective),
        options=options,
        steps=tuple(step["text"] for step in content.get("step", ())),
        pairs=tuple((pair["left"], pair["right"]) for pair in content.get("pair", ())),
        feedback=_feedback(content, module),
        labels=labelled(content, fields),
    )


def _share(kind: str, rights: int, *, is_right: bool) -> float:
    """Of the marks: with several answers each right one gives its part, a wrong one takes all."""
    if kind == "several-of":
        return 1 / rights if is_right else -1.0
    return 1.0 if is_right else 0.0


def _feedback(content: Content, module: Module) -> str:
    """The reason, each step's or pair's own, what a review taught, and what it all rests on."""
    whys = [f"{one['text']}: {one['why']}" for one in content.get("step", ())]
    whys += [f"{one['left']}: {one['why']}" for one in content.get("pair", ())]
    lesson = content.get("lesson")
    taught = [f"Lesson: {lesson['review']} [{lesson['at']}] {lesson['says']}"] if lesson else []
    sources = []
    for one in content["sources"]:
        source = module.sources.get(one["id"])
        title = f"{source.title}, {source.edition}" if source else one["id"]
        sources.append(f"Source: {title} [{one['id']}] {one['at']}")
    return paragraphs(content["because"], "\n".join(whys), "\n".join([*taught, *sources]))


def reading_of(items: Iterable[Item], seen: set[str]) -> Reading:
    """Drafts of all items, each with an id of its own, and what was said on the way."""
    drafts: list[Draft] = []
    notes: list[Note] = []
    for item in items:
        try:
            draft, said = _draft(item)
        except NoSuchKind as error:
            notes.append(Note(item.line, item.name, str(error), is_left_out=True, file=item.file))
            continue
        drafts.append(with_free_id(draft, seen))
        notes += [Note(item.line, item.name, words, file=item.file) for words in said]
    return Reading(tuple(drafts), tuple(notes))


def with_free_id(draft: Draft, seen: set[str]) -> Draft:
    """The draft under an id that no other of this file has."""
    first = id_ = draft.content["id"]
    number = 1
    while id_ in seen:
        number += 1
        id_ = f"{first[:60]}-{number}"
    seen.add(id_)
    return replace(draft, content={**draft.content, "id": id_})


def _draft(item: Item) -> tuple[Draft, list[str]]:
    item, notes = _cleaned(item)
    if not item.ask:
        raise NoSuchKind("has no words to ask: write the question, and bring it in again")
    content: Content = {"id": id_from(item.name or item.ask), "kind": item.kind}
    fields, strange = read_labels(item.labels)
    notes += [f"its tag “{label}” has no place here" for label in strange]
    content |= fields
    content |= {"scenario": item.scenario} if item.scenario else {}
    content["ask"] = item.ask
    body, doubts = _body(item)
    said, whys = _said(item.feedback, body)
    for part, why in whys.items():
        body[part[0]][part[1]]["why"] = why
    draft = Draft(
        content | said | body,
        id_from(item.category[-1]) if item.category else "",
        item.line,
        item.file,
        (*item.doubts, *doubts),
    )
    return draft, [*item.notes, *notes, *draft.doubts]


def _cleaned(item: Item) -> tuple[Item, list[str]]:
    """The item with words as we keep them: no typed numbers, no lone braces."""
    notes: list[str] = []
    texts = [item.ask, item.scenario, item.feedback]
    texts += [part for one in item.options for part in (one.text, one.why)]
    texts += [*item.steps, *(side for pair in item.pairs for side in pair)]
    if any(lone_braces(text) != text for text in texts):
        notes.append("braces became brackets: here they stand for a place's own words")

    def plain(text: str) -> str:
        return lone_braces(tidied(text))

    options = tuple(replace(o, text=plain(o.text), why=plain(o.why)) for o in item.options)
    steps = tuple(plain(step) for step in item.steps)
    if bare := _without_numbers([option.text for option in options]):
        options = tuple(replace(o, text=t) for o, t in zip(options, bare, strict=True))
        notes.append("the numbers before its answers were taken off: a page gives its own")
    cleaned = replace(
        item,
        ask=plain(item.ask),
        scenario=plain(item.scenario),
        feedback=plain(item.feedback),
        options=options,
        steps=steps,
        pairs=tuple((plain(left), plain(right)) for left, right in item.pairs),
    )
    return cleaned, notes


def lone_braces(text: str) -> str:
    """The text with braces only where they are a slot."""
    return _BRACES.sub(lambda b: {"{": "(", "}": ")"}.get(b[0], b[0]), text)


def _without_numbers(texts: Sequence[str]) -> list[str]:
    """The texts without `a)`, `b)`, `c)` in front; nothing where they are not so numbered."""
    found = [_NUMBERED.match(text) for text in texts]
    marks = [at[1].lower() if at else "" for at in found]
    letters, numbers = "abcdefghij"[: len(texts)], [str(n + 1) for n in range(len(texts))]
    if len(texts) < 2 or (marks != list(letters) and marks != numbers):
        return []
    return [text[at.end() :] for text, at in zip(texts, found, strict=True) if at]


def _body(item: Item) -> tuple[Content, list[str]]:
    """Options, steps or pairs as a bank has them, and what an author has to mend in them."""
    match item.kind:
        case "in-order":
            parts: list[Content] = [{"text": step} for step in item.steps]
            return {"step": parts}, _count(len(parts), "step", 3, 6)
        case "match":
            pairs: list[Content] = [{"left": left, "right": right} for left, right in item.pairs]
            return {"pair": pairs}, _count(len(pairs), "pair", 3, 6)
    most = max((option.share for option in item.options), default=0.0)
    several = item.kind == "several-of"
    options: list[Content] = []
    doubts = _count(len(item.options), "answer", 3, 4)
    for option in item.options:
        is_right = option.share > 0 if several else option.share == most > 0
        made: Content = {"text": option.text}
        made |= {"right": True} if is_right else {}
        options.append(made | ({"why": option.why} if option.why else {}))
        if not several and 0 < option.share < most:
            doubts.append(f"“{option.text}” had part of the marks: here it is wrong")
    rights = sum("right" in option for option in options)
    if not rights:
        doubts.append("no answer is marked as right: mark it with `right = true`")
    elif not several and rights > 1:
        doubts.append("more than one answer is fully right: choose one, or make it several-of")
    return {"option": options}, doubts


def _count(count: int, noun: str, least: int, most: int) -> list[str]:
    if count < 2:
        raise NoSuchKind(
            f"has {how_many(count, noun) if count else f'no {noun}s'}: it needs {least}"
        )
    if count < least:
        return [f"has {how_many(count, noun)}: write {least - count} more"]
    if count > most:
        return [f"has {count} {noun}s, {most} at most are shown: take {count - most} away"]
    return []


def _said(feedback: str, body: Content) -> tuple[Content, dict[tuple[str, int], str]]:
    """What general feedback says: the reason, and what we wrote below it in lines of their own."""
    texts = {
        one.get("text") or one.get("left"): (name, number)
        for name in ("step", "pair")
        for number, one in enumerate(body.get(name, ()))
    }
    whys: dict[tuple[str, int], str] = {}
    said: Content = {}
    kept: list[str] = []
    for line in feedback.split("\n"):
        part = next((text for text in texts if text and line.startswith(f"{text}: ")), None)
        if found := _SOURCE.fullmatch(line):
            said.setdefault("sources", []).append({"id": found["id"], "at": found["at"]})
        elif found := _LESSON.fullmatch(line):
            said["lesson"] = found.groupdict()
        elif part is not None and texts[part] not in whys:
            whys[texts[part]] = line[len(part) + 2 :]
        else:
            kept.append(line)
    because = "\n".join(kept).strip()
    return ({"because": because} if because else {}) | said, whys
