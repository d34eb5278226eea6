"""What a bank says of a question beside its words, as `name: value` lines that any tag can hold."""

from collections.abc import Iterable, Iterator
from typing import Any

from questions.exchange.model import Content

ONE = ("level", "authority", "must_know", "since", "review_by", "sensitive", "twin", "quiet")
MANY = ("facts", "needs", "not_with")
LONG = ("check", "allow", "withdrawn", "decision")  # sentences: no tag is long enough
SHORT = (*ONE, *MANY)

_NAMES = {
    "must_know": "must-know",
    "review_by": "review by",
    "facts": "fact",
    "not_with": "not with",
}
_FIELDS = {_NAMES.get(field, field): field for field in (*SHORT, *LONG)}


def labels(content: Content, fields: Iterable[str]) -> tuple[str, ...]:
    """Some fields of a question as lines."""
    return tuple(
        f"{_NAMES.get(field, field)}: {value}"
        for field in fields
        if field in content
        for value in values(field, content[field])
    )


def values(field: str, value: Any) -> Iterator[str]:
    """What a field holds, as one text or several."""
    match field:
        case "allow":
            yield from (f"{rule}: {why}" for rule, why in value.items())
        case "withdrawn":
            yield f"{value['edition']}: {value['why']}"
        case "decision":
            yield from (f"{one['change']}: {one['verdict']}: {one['why']}" for one in value)
        case "sources":
            yield from (f"{one['id']}: {one['at']}" for one in value)
        case "mixup":
            for one in value:
                errs = f" {one['errs']}" if "errs" in one else ""
                yield f"{one['swap'][0]}-{one['swap'][1]}: {one['misconception']}{errs}"
        case "quiet":
            yield "true" if value else "false"
        case _ if field in MANY:
            yield from value
        case _:
            yield str(value)


def field_from(field: str, texts: list[str]) -> Any:
    """What those texts say, as a bank has it; ValueError where they are no such thing."""
    match field:
        case "allow":
            return dict(_split(text, 2) for text in texts)
        case "withdrawn":
            edition, why = _split(texts[0], 2)
            return {"edition": edition, "why": why}
        case "decision":
            names = ("change", "verdict", "why")
            return [dict(zip(names, _split(text, 3), strict=True)) for text in texts]
        case "sources":
            return [dict(zip(("id", "at"), _split(text, 2), strict=True)) for text in texts]
        case "mixup":
            return [_mixup(text) for text in texts]
        case "quiet":
            if texts[0] not in ("true", "false"):
                raise ValueError(texts[0])
            return texts[0] == "true"
        case _ if field in MANY:
            return texts
        case _:
            return texts[0]


def read_labels(given: Iterable[str]) -> tuple[Content, list[str]]:
    """The fields that labels speak of, and those labels that are none of ours."""
    texts: dict[str, list[str]] = {}
    others = []
    for label in given:
        name, colon, value = label.partition(": ")
        field = _FIELDS.get(name)
        if colon and field and value.strip():
            texts.setdefault(field, []).append(value)
        else:
            others.append(label)
    content: Content = {}
    for field, found in texts.items():
        try:
            content[field] = field_from(field, found)
        except ValueError:
            others += found
    return content, others


def _split(text: str, parts: int) -> list[str]:
    found = text.split(": ", parts - 1)
    if len(found) != parts:
        raise ValueError(text)
    return found


def _mixup(text: str) -> Content:
    swap, said = _split(text, 2)
    one, _, other = swap.partition("-")
    misconception, _, errs = said.partition(" ")
    made: Content = {"swap": [int(one), int(other)], "misconception": misconception}
    return made | ({"errs": errs} if errs else {})
