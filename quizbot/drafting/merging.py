"""Two versions of a draft put together, field by field: what was loaded, what stands, what is sent.

A field that one of the two changed is taken from who changed it; one that both changed alike is
taken so; one that both changed otherwise is a conflict, and its values are shown to who came later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import count
from typing import Any

from questions.exchange.model import Content
from questions.made_here import Sheet

_ROWS = ("option", "step", "pair", "mixup", "sources", "decision")
_SETS = ("facts", "needs", "not_with")
_SMALL = ("right", "errs")  # many rows have these alike
_DICTS = ("lesson", "allow")


@dataclass(frozen=True)
class Conflict:
    """A field that both changed, each otherwise; a value that is None is not there any more."""

    field: str
    mine: Any
    theirs: Any


@dataclass
class _Merging:
    """What is taken where both changed a field, and which fields nobody has chosen for."""

    chosen: Mapping[str, str]
    conflicts: list[Conflict] = field(default_factory=list)

    def one(self, name: str, before: Any, theirs: Any, mine: Any) -> Any:
        """One field of three versions; None where it is not there."""
        if mine in (before, theirs):
            return theirs
        if theirs == before:
            return mine
        self.conflicts.append(Conflict(name, mine, theirs))
        return mine if self.chosen.get(name) == "mine" else theirs


@dataclass(frozen=True)
class Merged:
    """The two together, and the fields that both changed otherwise."""

    sheet: Sheet
    conflicts: tuple[Conflict, ...]


def merged(
    before: Sheet, theirs: Sheet, mine: Sheet, chosen: Mapping[str, str] | None = None
) -> Merged:
    """What stands with what was sent, both of them made from `before`.

    `chosen` says of a field that both changed whether "mine" or "theirs" is to stand.
    """
    mine = _named_apart(theirs, mine)
    merging = _Merging(chosen or {})
    old, now, new = before.question, theirs.question, mine.question
    content: Content = {}
    for name in dict.fromkeys((*now, *new)):
        was, is_now, sent = old.get(name), now.get(name), new.get(name)
        if name in _ROWS:
            value: Any = list(_rows(merging, name, was or [], is_now or [], sent or []))
        elif name in _SETS:
            value = _set(was or [], is_now or [], sent or [])
        elif name in _DICTS:
            value = dict(_dict(merging, name, was or {}, is_now or {}, sent or {}))
        else:
            value = merging.one(name, was, is_now, sent)
        if value is not None and (value not in ([], {}) or value in (is_now, sent)):
            content[name] = value
    sheet = replace(
        theirs,
        question=content,
        objective=merging.one("objective", before.objective, theirs.objective, mine.objective),
        why=merging.one("why", before.why, theirs.why, mine.why),
        beliefs={**theirs.beliefs, **mine.beliefs},
        sources={**theirs.sources, **mine.sources},
    )
    return Merged(sheet, tuple(merging.conflicts))


def open_conflicts(now: Merged, shown: Merged, chosen: Mapping[str, str]) -> tuple[Conflict, ...]:
    """The fields to be asked about: without a choice, or chosen before they changed once more."""
    seen = {one.field: one for one in shown.conflicts}
    return tuple(
        one
        for one in now.conflicts
        if chosen.get(one.field) not in ("mine", "theirs") or seen.get(one.field) != one
    )


def _named_apart(theirs: Sheet, mine: Sheet) -> Sheet:
    """Mine with other ids where both gave one id to something new, each with other words."""
    again: dict[str, str] = {}
    for known, new in ((theirs.beliefs, mine.beliefs), (theirs.sources, mine.sources)):
        for name, says in new.items():
            if known.get(name, says) != says:
                free = (f"{name}-{number}" for number in count(2))
                again[name] = next(id_ for id_ in free if id_ not in known and id_ not in new)
    if not again:
        return mine
    names = ("misconception", "missed", "id")
    rows = {
        part: [
            {n: again.get(v, v) if n in names else v for n, v in one.items()}
            for one in mine.question.get(part) or ()
        ]
        for part in _ROWS
        if part in mine.question
    }
    return replace(
        mine,
        question={**mine.question, **rows},
        beliefs={again.get(name, name): says for name, says in mine.beliefs.items()},
        sources={again.get(name, name): one for name, one in mine.sources.items()},
    )


def _set(before: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> list[str]:
    """What stands, with what was put in and without what was taken out."""
    if list(theirs) == list(before):
        return list(mine)
    kept = [one for one in theirs if one in mine or one not in before]
    return list(dict.fromkeys((*kept, *(one for one in mine if one not in before))))


def _dict(
    merging: _Merging, name: str, before: Content, theirs: Content, mine: Content
) -> Iterator[tuple[str, Any]]:
    for key in dict.fromkeys((*theirs, *mine)):
        value = merging.one(f"{name}-{key}", before.get(key), theirs.get(key), mine.get(key))
        if value is not None:
            yield key, value


# Rows


def _rows(
    merging: _Merging,
    part: str,
    before: Sequence[Content],
    theirs: Sequence[Content],
    mine: Sequence[Content],
) -> Iterator[Content]:
    """Every row that is left, each put together by itself, in the order of what stands."""
    known = {str(number): row for number, row in enumerate(before, 1)}
    standing, sent = _by_id(before, theirs), _by_id(before, mine)
    for id_ in _in_order(list(standing), list(sent)):
        at, was = f"{part}-{id_}", known.get(id_)
        is_now, is_sent = standing.get(id_), sent.get(id_)
        if was is not None and (is_now is None or is_sent is None):  # somebody took it away
            row = merging.one(at, was, is_now, is_sent)
        elif is_now is None or is_sent is None:  # one of the two added it
            row = is_now or is_sent
        else:
            row = dict(_dict(merging, at, was or {}, is_now, is_sent))
        if row:
            yield row


def _in_order(standing: Sequence[str], sent: Sequence[str]) -> list[str]:
    """The rows that stand, and each other one behind that which it was sent behind."""
    found = list(standing)
    for number, id_ in enumerate(sent):
        if id_ not in found:
            at = found.index(sent[number - 1]) + 1 if number else 0
            found.insert(at, id_)
    return found


def _by_id(before: Sequence[Content], after: Sequence[Content]) -> dict[str, Content]:
    """Rows by the number of that which they were before; new ones by numbers of their own."""
    was, now = [_flat(row) for row in before], [_flat(row) for row in after]
    found: dict[str, Content] = {}
    new = count(len(before) + 1)
    for kind, start, end, first, last in SequenceMatcher(
        None, was, now, autojunk=False
    ).get_opcodes():
        numbers = list(range(start, end))
        for at, number in _paired(kind, before, after, numbers, list(range(first, last))):
            found[str(next(new) if number is None else number + 1)] = after[at]
    return found


def _paired(
    kind: str,
    before: Sequence[Content],
    after: Sequence[Content],
    old: Sequence[int],
    new: Sequence[int],
) -> Iterator[tuple[int, int | None]]:
    """Each row of a stretch that was changed, with that which it was before."""
    if kind == "equal" or len(old) == len(new):
        yield from zip(new, old, strict=True)
        return
    left = list(old)
    for at in new:
        likest = max(left, key=lambda number: _alike(before[number], after[at]), default=None)
        if likest is None or not _alike(before[likest], after[at]):
            yield at, None
            continue
        left = [number for number in left if number > likest]
        yield at, likest


def _alike(one: Content, other: Content) -> int:
    """How much two rows have in common, by the length of it."""
    return sum(len(str(v)) for n, v in one.items() if n not in _SMALL and other.get(n) == v)


def _flat(row: Content) -> str:
    return repr(sorted(row.items(), key=lambda one: one[0]))
