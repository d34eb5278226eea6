"""What a place changed in its browser: question by question, as a module takes it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from questions.counts import how_many
from questions.exchange.model import Content
from questions.exchange.own import content_of
from questions.findings import Finding, fault, warning
from questions.kinds import Question, Withdrawn
from questions.local import UNDECIDED, fingerprint
from questions.module import Change, Module, Source
from questions.question_files import read_question
from questions.register import Register
from questions.touching import OLD_RULE, OLD_RULE_SAYS

BROWSER = "the browser"  # where a finding speaks of what was made there
HEAD = "module"  # stands for a question's id in a draft of a module's own file
PARTS = {"one-of": "option", "several-of": "option", "in-order": "step", "match": "pair"}


class Act(StrEnum):
    """What a draft does."""

    NEW = "new"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    HEAD = "head"


@dataclass(frozen=True)
class Sheet:
    """One version of a draft: a question as a bank file has it, perhaps with gaps, and its names.

    `beliefs` and `sources` are those that the module does not have yet.
    """

    question: Content = field(default_factory=dict)
    objective: str = ""
    beliefs: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Content] = field(default_factory=dict)
    why: str = ""  # it is withdrawn

    @classmethod
    def of(cls, question: Question) -> "Sheet":
        """A question as it stands."""
        return cls(without_wait(content_of(question)), question.objective)

    @classmethod
    def read(cls, packed: str) -> "Sheet":
        """As it was kept."""
        return cls(**json.loads(packed))

    @property
    def packed(self) -> str:
        """All of it as one text; names keep their order, for a module lists them in it."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)

    @property
    def ask(self) -> str:
        """What it asks, for lists."""
        return str(self.question.get("ask") or self.question.get("title") or "Nothing asked yet")

    @property
    def names(self) -> tuple[frozenset[str], frozenset[str]]:
        """The beliefs and the sources that the question names."""
        content = self.fitting()
        rows = [
            row for part in ("option", "step", "pair", "mixup") for row in content.get(part) or ()
        ]
        beliefs = {str(row.get(name, "")) for row in rows for name in ("misconception", "missed")}
        cited = {str(one.get("id", "")) for one in content.get("sources") or ()}
        return frozenset(beliefs), frozenset(cited)

    def with_only(self, beliefs: Mapping[str, str], sources: Mapping[str, Content]) -> "Sheet":
        """With those of these beliefs and sources as its own that the question names."""
        named, cited = self.names
        return replace(
            self,
            beliefs={name: says for name, says in beliefs.items() if name in named},
            sources={name: one for name, one in sources.items() if name in cited},
        )

    def fitting(self) -> Content:
        """The question without the parts that belong to other kinds."""
        mine = PARTS.get(str(self.question.get("kind")), "option")
        others = {"option", "step", "pair"} - {mine} | ({"mixup"} if mine == "option" else set())
        return {name: value for name, value in self.question.items() if name not in others}


def without_wait(content: Content) -> Content:
    """A question's content without the sentence that only a conflict with the national one adds."""
    check = str(content.get("check", ""))
    if not check.startswith(UNDECIDED):
        return content
    rest = check.removeprefix(UNDECIDED).strip()
    kept = {name: value for name, value in content.items() if name != "check"}
    return kept | ({"check": rest} if rest else {})


def question_of(sheet: Sheet, shown: str = BROWSER) -> tuple[Question | None, list[Finding]]:
    """The question of a sheet, or what keeps it from being one."""
    name = str(sheet.question.get("id") or "question")
    read = read_question(sheet.fitting(), name, sheet.objective, shown, {})
    found = [one for one in read if isinstance(one, Finding)]
    questions = [one for one in read if not isinstance(one, Finding)]
    return (questions[0] if questions and not found else None), found


@dataclass(frozen=True)
class ChangeHere:
    """One question as it was published from the browser last, over the national one of `base`."""

    act: Act
    question_id: str
    sheet: Sheet
    base: str = ""


@dataclass(frozen=True)
class EditionHere:
    """One publication from the browser: when, and what it changed."""

    on: date
    what: str


@dataclass(frozen=True)
class MadeHere:
    """All that a place changed in one module: the changes, and the publications they are of."""

    changes: tuple[ChangeHere, ...] = ()
    editions: tuple[EditionHere, ...] = ()

    def after(self, changes: Sequence[ChangeHere], edition: EditionHere) -> "MadeHere":
        """With one publication more; one that brings a head of its own begins to count anew."""
        known = {change.question_id: change for change in (*self.changes, *changes)}
        heads = [change for change in known.values() if change.act is Act.HEAD]
        others = [change for change in known.values() if change.act is not Act.HEAD]
        editions = (*self.editions, edition)
        if any(change.act is Act.HEAD for change in changes):
            editions = ()
        return MadeHere((*heads, *others), editions)


def label_of(bare: str, count: int) -> str:
    """What an edition is called that so many publications from the browser made."""
    return f"{bare}.{count}" if count else bare


def what_of(acts: Iterable[Act]) -> str:
    """What a publication changed, for the sources page."""
    given = list(acts)
    told = {Act.EDIT: "changed", Act.NEW: "new", Act.WITHDRAW: "withdrawn"}
    counts = [(given.count(act), words) for act, words in told.items()]
    parts = [f"{how_many(count, 'question')} {words}" for count, words in counts if count]
    parts += ["what stands before the questions"] if Act.HEAD in given else []
    return f"Changed here: {', '.join(parts)}."


def with_made_here(
    module: Module, here: MadeHere, by_folder: Mapping[str, str] | None = None
) -> tuple[Module, list[Finding]]:
    """A national module with what was changed in the browser; where a file speaks too, it wins."""
    findings: list[Finding] = []
    by_folder = by_folder or {}
    for change in here.changes:
        if change.question_id in by_folder:
            file = by_folder[change.question_id]
            words = f"was changed in the browser too: what {file} says stands"
            findings.append(warning(file, change.question_id, "local", words))
            continue
        module, found = with_change(module, change)
        findings += found
    return labelled(module, here), findings


def labelled(module: Module, here: MadeHere) -> Module:
    """The module under the label of the last publication here, with what each of them changed."""
    if not here.editions:
        return module
    added = [
        Change(edition=label_of(module.edition, number), date=one.on, what=one.what)
        for number, one in enumerate(here.editions, 1)
    ]
    label = label_of(module.edition, len(here.editions))
    return module.model_copy(update={"edition": label, "changes": (*module.changes, *added)})


def unlabelled(module: Module, here: MadeHere) -> Module:
    """The module under the label that it had before anything was published here."""
    count = len(here.editions)
    if not count:
        return module
    label = module.edition.removesuffix(f".{count}")
    return module.model_copy(update={"edition": label, "changes": module.changes[:-count]})


def with_change(module: Module, change: ChangeHere) -> tuple[Module, list[Finding]]:
    """The module with one question changed, added or withdrawn, if what is beneath is as it was."""
    if change.act is Act.HEAD:
        return _with_head(module, change)
    id_ = change.question_id
    questions = {question.id: question for question in module.questions}
    national = questions.get(id_)
    if change.act is Act.WITHDRAW:
        return _withdrawn(module, national, change)
    question, found = question_of(change.sheet)
    if question is None:
        return module, found
    if national is None:
        if change.act is Act.EDIT:
            words = "changes what is not there: the national module has no question of this id"
            return module, [fault(BROWSER, id_, "local", words)]
        placed = _placed(module.questions, question)
    else:
        stands = fingerprint(national)
        if change.act is Act.NEW and stands == fingerprint(question):
            words = "is the same in the national bank now: the one made here can go"
            return module, [warning(BROWSER, id_, "local", words)]
        if stands not in (change.base, fingerprint(question)):
            return _undecided(module, national, change)
        if stands != change.base:  # the national one says the same by now
            return module, []
        placed = _placed(module.questions, question)
    return module.model_copy(update={"questions": placed, **names_with(module, change.sheet)}), []


def _placed(questions: Sequence[Question], question: Question) -> tuple[Question, ...]:
    """The questions with this one: where it was, or after the last of its objective.

    Objectives stand in the order of their files' names, so that a bank that is written and read
    again has every question in its place.
    """
    others = [one for one in questions if one.id != question.id]
    before = next((one for one in questions if one.id == question.id), None)
    if before is not None and before.objective == question.objective:
        return tuple(question if one.id == question.id else one for one in questions)
    at = max(
        (n for n, one in enumerate(others, 1) if one.objective <= question.objective), default=0
    )
    return (*others[:at], question, *others[at:])


def names_with(module: Module, sheet: Sheet) -> dict[str, Any]:
    """The module's beliefs and sources with those that a sheet brings; what is there stays."""
    sources = {name: Source.model_validate(raw) for name, raw in sheet.sources.items()}
    return {
        "misconceptions": {
            **module.misconceptions,
            **_not_in(sheet.beliefs, module.misconceptions),
        },
        "sources": {**module.sources, **_not_in(sources, module.sources)},
    }


def _not_in(new: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in new.items() if name not in known}


def _withdrawn(
    module: Module, national: Question | None, change: ChangeHere
) -> tuple[Module, list[Finding]]:
    if change.base:  # it was written or changed here, and goes as it was asked here
        made, found = question_of(change.sheet)
        if made is None:
            return module, found
        module = module.model_copy(
            update={
                "questions": _placed(module.questions, made),
                **names_with(module, change.sheet),
            }
        )
        national = made
    if national is None:
        words = "withdraws what is not there: the national module has no question of this id"
        return module, [fault(BROWSER, change.question_id, "local", words)]
    if national.withdrawn:
        return module, []
    gone = Withdrawn(edition=module.edition, why=change.sheet.why or "Withdrawn here.")
    questions = tuple(
        one.model_copy(update={"withdrawn": gone}) if one.id == national.id else one
        for one in module.questions
    )
    return module.model_copy(update={"questions": questions}), []


def _undecided(
    module: Module, national: Question, change: ChangeHere
) -> tuple[Module, list[Finding]]:
    """Both have changed: the national one stays, in practice only, until somebody has decided."""
    if national.withdrawn:
        words = (
            "conflict: the national bank has withdrawn this question, so it is not asked. To ask"
            " yours all the same, copy it under an id of its own"
        )
        return module, [warning(BROWSER, change.question_id, "conflict", words)]
    words = (
        "conflict: the national bank has changed this question since yours was made. The national"
        " one is asked, in practice only, until you decide: open it, and publish what is to stand"
    )
    check = f"{UNDECIDED} {national.check}".rstrip()
    questions = tuple(
        one.model_copy(update={"check": check}) if one.id == national.id else one
        for one in module.questions
    )
    told = warning(BROWSER, change.question_id, "conflict", words)
    return module.model_copy(update={"questions": questions}), [told]


def head_of(module: Module, register: Register) -> Content:
    """What stands before a module's questions, as its own file has it."""
    return plain_head(unfitted(module, register))


def plain_head(module: Module) -> Content:
    """What stands before the questions of a module as its files have it."""
    head: Content = module.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"id", "questions"}
    )
    return head


def head_print(head: Content) -> str:
    """Twelve letters and digits that change with anything in a module's own file."""
    packed = json.dumps(head, ensure_ascii=False, default=str)
    return hashlib.sha256(packed.encode()).hexdigest()[:12]


def with_head(module: Module, head: Content) -> Module:
    """The module's questions behind another head; ValidationError where that is none."""
    return module_of(module.id, head).model_copy(update={"questions": module.questions})


def module_of(module_id: str, head: Content) -> Module:
    """A module without questions, from a head as it is kept."""
    return Module.model_validate_json(json.dumps({**head, "id": module_id}))


def _with_head(module: Module, change: ChangeHere) -> tuple[Module, list[Finding]]:
    if head_print(plain_head(module)) != change.base:
        words = "conflict: module.toml has changed since this was published here: the file stands"
        return module, [warning(BROWSER, "", "conflict", words)]
    return with_head(module, change.sheet.question), []


def unfitted(module: Module, register: Register) -> Module:
    """A module as its files have it, without what reading adds from the register."""
    sources = {
        name: source
        for name, source in module.sources.items()
        if name not in register.sources or register.sources[name].as_source() != source
    }
    beliefs = {
        name: says
        for name, says in module.misconceptions.items()
        if (name, says) != (OLD_RULE, OLD_RULE_SAYS)
    }
    questions = tuple(
        question.model_copy(update={"undecided_from": None, "held": "", "slots_until": None})
        for question in module.questions
    )
    return module.model_copy(
        update={"sources": sources, "misconceptions": beliefs, "questions": questions}
    )


def beneath(change: ChangeHere | None, question: Question | None) -> tuple[Act, str]:
    """Whether a new version is still of a question made here, and which national one is below it.

    `change` is what was published here last, `question` what is asked now.
    """
    if question is None:
        return Act.NEW, ""
    plain = fingerprint(_without_wait(question))
    if change is not None and change.act in (Act.NEW, Act.EDIT):
        before, _ = question_of(change.sheet)
        if before is not None and fingerprint(before) == plain:
            return change.act, change.base
    return Act.EDIT, plain


def _without_wait(question: Question) -> Question:
    rest = question.check.removeprefix(UNDECIDED).strip()
    waits = question.check.startswith(UNDECIDED)
    return question.model_copy(update={"check": rest}) if waits else question


def published_here(
    asked: Module, here: MadeHere, changes: Sequence[ChangeHere], edition: EditionHere
) -> tuple[Module, MadeHere, list[Finding]]:
    """What is asked with changes more, and how these are kept: each over what was beneath it.

    `asked` is what the place is asked now, as its files would have it.
    """
    module, findings = unlabelled(asked, here), []
    changes = _carrying(module, here, changes)
    known = {change.question_id: change for change in here.changes}
    questions = {question.id: question for question in module.questions}
    kept = []
    for change in changes:
        question = questions.get(change.question_id)
        now = fingerprint(question) if question else ""
        if change.act is Act.HEAD:
            now = head_print(plain_head(module))
            kept.append(replace(change, base=_base_of_head(known.get(HEAD), module, now)))
        elif change.act is Act.WITHDRAW:
            kept.append(_gone_here(known.get(change.question_id), question, change))
            now = kept[-1].base
        else:
            act, base = beneath(known.get(change.question_id), question)
            kept.append(replace(change, act=act, base=base))
        module, found = with_change(module, replace(kept[-1], act=change.act, base=now))
        findings += found
    after = here.after(kept, edition)
    module = _named_anew(module, (*here.changes, *changes), after)
    return labelled(module, after), after, findings


def _gone_here(
    before: ChangeHere | None, question: Question | None, change: ChangeHere
) -> ChangeHere:
    """A withdrawal with what it withdraws, where that was made here and stands nowhere else."""
    if before is None or before.act is Act.HEAD or question is None:
        return change
    if before.act is Act.WITHDRAW and not before.base:
        return change
    asked = replace(Sheet.of(question), why=change.sheet.why)
    sheet = asked.with_only(before.sheet.beliefs, before.sheet.sources)
    return replace(change, sheet=sheet, base=fingerprint(question))


def _carrying(module: Module, here: MadeHere, changes: Sequence[ChangeHere]) -> list[ChangeHere]:
    """Changes that each bring the words of every name made here that they use.

    What brought a belief or a source first may be published once more without it, or go: then it
    stands by whoever still names it.
    """
    beliefs = {n: says for one in here.changes for n, says in one.sheet.beliefs.items()}
    sources = {n: source for one in here.changes for n, source in one.sheet.sources.items()}
    for one in changes:
        beliefs |= _not_in(one.sheet.beliefs, {**module.misconceptions, **beliefs})
        sources |= _not_in(one.sheet.sources, {**module.sources, **sources})
    return [
        replace(one, sheet=one.sheet.with_only(beliefs, sources))
        if one.act in (Act.NEW, Act.EDIT)
        else one
        for one in changes
    ]


def _named_anew(module: Module, brought: Iterable[ChangeHere], after: MadeHere) -> Module:
    """The module with names of its own first, then those that questions made here bring."""
    given = list(brought)
    beliefs = {name for one in given for name in one.sheet.beliefs}
    sources = {name for one in given for name in one.sheet.sources}
    stays = [one for one in after.changes if one.act is not Act.HEAD]
    carried = {name for one in stays for name in (*one.sheet.beliefs, *one.sheet.sources)}
    used = {belief for one in module.questions for belief in one.beliefs()}
    used |= {cited.id for one in module.questions for cited in one.sources}
    gone = (beliefs | sources) - (used - carried)
    own = {
        "misconceptions": {n: s for n, s in module.misconceptions.items() if n not in gone},
        "sources": {n: s for n, s in module.sources.items() if n not in gone},
    }
    named = module.model_copy(update=own)
    for one in stays:
        named = named.model_copy(update=names_with(named, one.sheet))
    return named


def _base_of_head(before: ChangeHere | None, module: Module, now: str) -> str:
    """The print of the national head: beneath one that was published here already, or as it is."""
    if before is not None and plain_head(module) == plain_head(
        with_head(module, before.sheet.question)
    ):
        return before.base
    return now
