"""Drafts of questions: begun, saved at every step, talked about, read by somebody else."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import shorten
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from questions.beside import Beside, beside, waivable
from questions.exchange.model import Draft
from questions.exchange.toml import to_add
from questions.local import fingerprint
from questions.made_here import PARTS, Act, Sheet, names_with, question_of
from questions.module import Module
from questions.place import Place
from questions.touching import fitted, touch
from questions.twins import groups
from quizbot.access import Writing, must_write, writing
from quizbot.clock import Clock, london_day
from quizbot.drafting.asked import (
    BankAsked,
    asked_now,
    asked_or_none,
    asked_with,
    taken_ids,
)
from quizbot.drafting.merging import Conflict, merged, open_conflicts
from quizbot.drafting.offered import Offered, offered
from quizbot.drafting.told import DraftChange, NamesSaid, changes_of, named_in
from quizbot.editions.editions import Edition, Editions, resolve
from quizbot.errors import BadReply, NotAllowed, NotFound, OutOfDate, Refused
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import (
    draft,
    draft_note,
    draft_version,
    new_id,
    person,
    problem_report,
)
from quizbot.words import to_mend

LARGEST = 60_000  # characters of a draft; the longest question there is has under 5,000
LONGEST_NOTE = 1000
SHOWN = 80  # characters of a story in a list
OPEN, PUBLISHED, DROPPED = "open", "published", "dropped"
ACTS = {
    Act.NEW: "New question",
    Act.EDIT: "Change",
    Act.WITHDRAW: "Withdrawal",
    Act.HEAD: "Title, rules and objectives",
}
WRITTEN = (Act.NEW, Act.EDIT)  # drafts that have a question to write
_MAKER, _CHANGER = person.alias("maker"), person.alias("changer")


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list: whose it is, how far it is, who has read it as it stands."""

    draft_id: UUID
    module: str
    title: str
    question_id: str
    act: Act
    scenario: str
    ask: str
    version: int
    state: str
    brought_from: str
    position: int
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    published_at: datetime | None
    readers: tuple[str, ...]
    comments: int
    is_mine: bool  # who looks wrote some of it, and so cannot be its reader
    has_agreed: bool  # who looks has read it as it stands
    is_unfinished: bool  # something that every question has is not there yet

    @property
    def begins(self) -> str:
        """How it begins: many questions ask in the same words, and their stories differ."""
        story = shorten(self.scenario, SHOWN, placeholder=" …") if self.scenario else ""
        return f"{story} {shorten(self.ask, SHOWN + 20, placeholder=' …')}".strip()

    @property
    def act_words(self) -> str:
        """What it would do."""
        return ACTS[self.act]

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.state == OPEN

    @property
    def is_read(self) -> bool:
        """Whether somebody else has read it as it stands, and agrees."""
        return bool(self.readers)

    @property
    def state_words(self) -> str:
        """Where it stands."""
        if self.state == PUBLISHED:
            return "Published"
        if self.state == DROPPED:
            return "Given up"
        if self.is_unfinished:
            return "Unfinished"
        return "Read" if self.is_read else "To be read"


@dataclass(frozen=True)
class DraftNoteLine:
    """What somebody said of a draft, and of which version."""

    by: str
    at: datetime
    version: int
    words: str
    agrees: bool


@dataclass(frozen=True)
class DraftVersionLine:
    """One version: who saved it, and what they changed in it."""

    number: int
    by: str
    at: datetime
    changes: tuple[DraftChange, ...]


@dataclass(frozen=True)
class DraftSheet:
    """A draft with all that there is to know of it."""

    line: DraftLine
    sheet: Sheet
    began: Sheet | None  # the question as it was when the draft was begun
    module: Module | None  # as it is asked now, before slots are filled
    found: tuple[Beside, ...]
    waivable: tuple[tuple[str, str], ...]  # rules that can be kept from with a reason, in words
    changes: tuple[DraftChange, ...]
    notes: tuple[DraftNoteLine, ...]
    versions: tuple[DraftVersionLine, ...]
    doubts: tuple[str, ...]
    overtaken: str  # what was published meanwhile, in words
    may_agree: bool
    is_lead: bool
    problem_id: UUID | None  # the report that it was begun from, with its words
    problem_words: str

    @property
    def leaves_twins(self) -> bool:
        """Whether its answers have other words than those of its twins, as all of them stand."""
        return any(one.rule == "twin" for one in self.found) and bool(
            changed_texts(self.began, self.sheet)
        )

    @property
    def faults(self) -> tuple[Beside, ...]:
        """What keeps it from being published."""
        return tuple(one for one in self.found if one.level == "fault")


@dataclass(frozen=True)
class ToDecide:
    """A change of guidance that touches a question, and what was decided of it."""

    change: str
    was: str
    now: str
    verdict: str
    why: str


class Overtaken(OutOfDate):
    """Somebody changed fields of a draft meanwhile that are sent otherwise: both values of each."""

    def __init__(self, who: str, conflicts: Sequence[Conflict], version: int) -> None:
        # `who` is nobody where it was the same person, in another window.
        self.what = f"{who} saved this meanwhile" if who else "You saved this in another window"
        super().__init__(f"{self.what}. Nothing is lost: look at both, and choose.")
        self.who, self.conflicts, self.version = who, tuple(conflicts), version


@dataclass(frozen=True)
class Drafts:
    """What leads and authors do with drafts; each is one transaction."""

    database: Database
    editions: Editions
    audit: Audit
    place: Place
    now: Clock

    # Beginning

    def edit(self, by: UUID, question_id: str, problem_id: UUID | None = None) -> UUID:
        """A draft that changes a question; the one that is open already, if there is one."""
        asked = asked_with(self.editions, question_id)
        question = asked.question(question_id)
        if question.withdrawn:
            raise Refused(
                "This question is withdrawn: copy it, and give the copy an id of its own."
            )
        sheet = Sheet.of(question)
        return self._begin(by, asked.module.id, question_id, Act.EDIT, sheet, problem_id=problem_id)

    def twins_too(self, by: UUID, draft_id: UUID) -> list[str]:
        """Drafts of a question's twins with the same answers changed to the same words; their ids.

        Twins have the same answers word for word, so that one is never changed alone.
        """
        page = self.one(by, draft_id)
        put = changed_texts(page.began, page.sheet)
        if page.module is None or not put:
            raise Refused("None of its answers has other words now: there is nothing to change.")
        family = groups(page.module.questions).get(page.line.question_id, frozenset())
        found = sorted(family - {page.line.question_id})
        for question_id in found:
            other = self.edit(by, question_id)
            version = self.one(by, other).line.version
            self.save(by, other, version, lambda sheet: with_texts(sheet, put))
        return found

    def copy(self, by: UUID, question_id: str) -> UUID:
        """A new question that begins as another one."""
        asked = asked_with(self.editions, question_id)
        question = asked.question(question_id)
        sheet = Sheet.of(question)
        id_ = self._free_id(f"{question_id[:56]}-copy")
        kept = {
            n: v for n, v in sheet.question.items() if n not in ("withdrawn", "decision", "twin")
        }
        sheet = replace(sheet, question=kept | {"id": id_, "since": asked.module.edition})
        return self._begin(by, asked.module.id, id_, Act.NEW, sheet)

    def new(self, by: UUID, module: str, objective: str, kind: str) -> UUID:
        """An empty question."""
        asked = asked_now(self.editions, module)
        if objective not in asked.module.objectives:
            raise BadReply("Choose an objective of this questionnaire")
        if kind not in PARTS:
            raise BadReply("Choose the kind of question")
        id_ = self._free_id(f"{module[:40]}-new")
        content = {"id": id_, "kind": kind, "since": asked.module.edition, "sensitive": "none"}
        return self._begin(by, module, id_, Act.NEW, Sheet(content, objective))

    def withdraw(self, by: UUID, question_id: str, why: str) -> UUID:
        """A draft by which a question is not asked any more."""
        asked = asked_with(self.editions, question_id)
        question = asked.question(question_id)
        if question.withdrawn:
            raise Refused("This question is withdrawn already.")
        sheet = replace(Sheet.of(question), why=checked_note(why, "Say why, in a few words"))
        return self._begin(by, asked.module.id, question_id, Act.WITHDRAW, sheet, is_same=False)

    def bring(
        self,
        connection: Connection,
        by: UUID | None,
        module: str,
        question_id: str,
        act: Act,
        sheet: Sheet,
        began: Sheet | None,
        *,
        brought_from: str = "",
        doubts: Sequence[str] = (),
        problem_id: UUID | None = None,
        position: int = 0,
        tell: bool = True,
    ) -> UUID:
        """One draft more, inside of a transaction; where one of the question is open, its next
        version."""
        too_large(sheet)
        open_one = connection.execute(
            select(draft.c.id, draft.c.version, draft.c.content).where(
                draft.c.module == module,
                draft.c.question_id == question_id,
                draft.c.state == OPEN,
            )
        ).first()
        if open_one is not None:
            draft_id: UUID = open_one.id
            if Sheet.read(open_one.content) != Sheet.read(sheet.packed):
                self._keep(connection, draft_id, open_one.version, sheet, by)
            return draft_id
        draft_id, at = new_id(), self.now()
        connection.execute(
            insert(draft).values(
                id=draft_id,
                module=module,
                question_id=question_id,
                act=act.value,
                began=began.packed if began else "",
                content=sheet.packed,
                version=1,
                state=OPEN,
                brought_from=brought_from[:200],
                position=position,
                doubts=json.dumps(list(doubts)),
                problem_id=problem_id,
                made_by=by,
                made_at=at,
                changed_by=by,
                changed_at=at,
                base="",
            )
        )
        connection.execute(
            insert(draft_version).values(
                draft_id=draft_id, number=1, content=sheet.packed, made_by=by, made_at=at
            )
        )
        if tell:
            self.audit.add(
                connection,
                by or OPERATOR,
                "draft.begin",
                draft_id,
                module=module,
                question=question_id,
                act=act.value,
            )
        return draft_id

    def _begin(
        self,
        by: UUID,
        module: str,
        question_id: str,
        act: Act,
        sheet: Sheet,
        *,
        problem_id: UUID | None = None,
        is_same: bool = True,
    ) -> UUID:
        began = None if act is Act.NEW else replace(sheet, why="")
        with self.database.writing(queue="drafts") as connection:
            must_write(connection, by, module, london_day(self.now()))
            row = connection.execute(
                select(draft.c.id, draft.c.act).where(
                    draft.c.module == module,
                    draft.c.question_id == question_id,
                    draft.c.state == OPEN,
                )
            ).first()
            if row is not None:
                if row.act != act.value or not is_same:
                    words = "There is a draft of this question already: publish it, or give it up."
                    raise Refused(words)
                found: UUID = row.id
                return found
            return self.bring(
                connection, by, module, question_id, act, sheet, began, problem_id=problem_id
            )

    def _free_id(self, wanted: str) -> str:
        """An id that no question has and no open draft, by a number behind the one wanted."""
        with self.database.reading() as connection:
            drafted = connection.execute(select(draft.c.question_id)).scalars()
            taken = taken_ids(self.editions) | set(drafted)
        return free_id(wanted, taken)

    # Looking

    def may(self, by: UUID) -> Writing:
        """What somebody may draft and read; NotAllowed for who may nothing of it."""
        with self.database.reading() as connection:
            return writing(connection, by, london_day(self.now()))

    def all(self, by: UUID, state: str = OPEN) -> list[DraftLine]:
        """The drafts of the modules that somebody writes for, the newest change first."""
        with self.database.reading() as connection:
            may = writing(connection, by, london_day(self.now()))
            rows = connection.execute(
                _lines().where(draft.c.state == state).order_by(draft.c.changed_at.desc())
            ).all()
            rows = [row for row in rows if may.may(row.module)]
            return self._told(connection, rows, by)

    def of_question(self, by: UUID, question_id: str) -> list[DraftLine]:
        """Every draft that there ever was of a question, the newest first."""
        with self.database.reading() as connection:
            may = writing(connection, by, london_day(self.now()))
            rows = connection.execute(
                _lines().where(draft.c.question_id == question_id).order_by(draft.c.id.desc())
            ).all()
            return self._told(connection, [row for row in rows if may.may(row.module)], by)

    def one(self, by: UUID, draft_id: UUID) -> DraftSheet:
        """A draft; NotFound for who is no author of its module."""
        with self.database.reading() as connection:
            row, may = self._mine(connection, by, draft_id)
            (line,) = self._told(connection, [row], by)
            versions = connection.execute(
                select(draft_version, person.c.name)
                .outerjoin(person, person.c.id == draft_version.c.made_by)
                .where(draft_version.c.draft_id == draft_id)
                .order_by(draft_version.c.number)
            ).all()
            notes = connection.execute(
                select(draft_note, person.c.name)
                .outerjoin(person, person.c.id == draft_note.c.made_by)
                .where(draft_note.c.draft_id == draft_id)
                .order_by(draft_note.c.id)
            ).all()
            problem = connection.execute(
                select(problem_report.c.words).where(problem_report.c.id == row.problem_id)
            ).scalar()
        asked = asked_or_none(self.editions, row.module)
        sheet = Sheet.read(row.content)
        began = Sheet.read(row.began) if row.began else None
        named = named_in(asked.module if asked else None, self.editions.register())
        return DraftSheet(
            line=line,
            sheet=sheet,
            began=began,
            module=asked.module if asked else None,
            found=self.found(line.act, sheet, asked),
            waivable=waivable(sheet, asked.module) if asked and line.act in WRITTEN else (),
            changes=changes_of(began, sheet, named),
            notes=tuple(
                DraftNoteLine(
                    one.name or "The operator",
                    one.made_at,
                    one.version,
                    one.words,
                    one.kind == "agree",
                )
                for one in notes
            ),
            versions=_versions(versions, began, named),
            doubts=tuple(json.loads(row.doubts)),
            overtaken=_overtaken(line, began, asked),
            may_agree=line.is_open and not line.is_mine and not line.has_agreed,
            is_lead=may.is_lead,
            problem_id=row.problem_id,
            problem_words=problem or "",
        )

    def offered(self, module: Module) -> Offered:
        """What a question of a module can name."""
        with self.database.reading() as connection:
            drafted = _beliefs_drafted(connection, module.id)
        return offered(module, self.place, self.editions.register(), drafted)

    def changes_for(self, sheet: Sheet, module: Module) -> tuple[ToDecide, ...]:
        """The changes of guidance that touch a question, and those decided of it already."""
        decided = {str(one.get("change")): one for one in sheet.question.get("decision") or ()}
        question, _ = question_of(sheet)
        register = self.editions.register()
        own = {name: one.as_source() for name, one in register.sources.items()}
        sources = {**own, **module.sources}
        return tuple(
            ToDecide(
                change.id,
                change.was,
                change.now,
                str(decided.get(change.id, {}).get("verdict", "")),
                str(decided.get(change.id, {}).get("why", "")),
            )
            for change in register.changes.values()
            if change.id in decided or (question and touch(change, question, sources))
        )

    def found(self, act: Act, sheet: Sheet, asked: BankAsked | None) -> tuple[Beside, ...]:
        """What the check of banks finds in one question."""
        if act not in WRITTEN or asked is None:
            return ()
        today = london_day(self.now())
        found = beside(sheet, asked.module, self.editions.register(), self.place, today)
        together = self._as_drafted(asked.module)
        if together is None or not found:
            return found
        # Twins are changed together: what holds beside their drafts is no fault of this one, and
        # what another's draft would spoil is told where it is published.
        also = beside(sheet, together, self.editions.register(), self.place, today)
        return tuple(one for one in found if one in also)

    def _as_drafted(self, module: Module) -> Module | None:
        """A module with the open changes of its questions; None where there are none."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(draft.c.question_id, draft.c.content).where(
                    draft.c.module == module.id, draft.c.state == OPEN, draft.c.act == Act.EDIT
                )
            ).all()
        whole = {row.question_id: question_of(Sheet.read(row.content))[0] for row in rows}
        changed = {name: question for name, question in whole.items() if question is not None}
        if not changed:
            return None
        questions = tuple(changed.get(one.id, one) for one in module.questions)
        return module.model_copy(update={"questions": questions})

    def as_edition(self, by: UUID, draft_id: UUID) -> Edition:
        """What would be asked, to look at; NotFound as long as the draft is no whole question."""
        page = self.one(by, draft_id)
        asked = asked_now(self.editions, page.line.module)
        question, _ = question_of(page.sheet)
        module = asked.module.model_copy(update=names_with(asked.module, page.sheet))
        if question is not None:
            others = tuple(one for one in module.questions if one.id != question.id)
            module = module.model_copy(update={"questions": (question, *others)})
            module, _ = fitted(module, self.editions.register(), self.place.is_on)
            if all(cited.id in module.sources for cited in question.sources):
                known = asked.edition
                return replace(known, module=resolve(module, self.place))
        raise NotFound("This is no whole question yet: mend what is told in the draft first.")

    # Saving

    def save(
        self,
        by: UUID,
        draft_id: UUID,
        seen: int,
        change: Callable[[Sheet], Sheet],
        chosen: Mapping[str, str] | None = None,
        shown: int = 0,
    ) -> DraftLine:
        """Keep a change that was made to the version `seen`, as the next one.

        What somebody else saved meanwhile is kept too, field by field; Overtaken where both changed
        the same field otherwise, and it is not `chosen` whose is to stand beside the version
        `shown`.
        """
        with self.database.writing(queue="drafts") as connection:
            row, _ = self._mine(connection, by, draft_id)
            if row.state != OPEN:
                raise Refused("This draft is published or given up: begin a new one.")
            theirs = Sheet.read(row.content)
            new = change(theirs)
            if seen != row.version:
                before = self._version(connection, draft_id, seen)
                mine = change(before)
                both = merged(before, theirs, mine, chosen)
                looked_at = self._version(connection, draft_id, shown) if shown else theirs
                told = open_conflicts(both, merged(before, looked_at, mine), chosen or {})
                if told:
                    who = "" if row.changed_by == by else row.changer or "The operator"
                    raise Overtaken(who, told, row.version)
                new = both.sheet
            drafted = _beliefs_drafted(connection, row.module)
            new = new.with_only({**drafted, **new.beliefs}, new.sources)
            too_large(new)
            if new != theirs:
                self._check_id(connection, row, new)
                self._keep(connection, draft_id, row.version, new, by)
            row, _ = self._mine(connection, by, draft_id)
            (line,) = self._told(connection, [row], by)
            return line

    def _check_id(self, connection: Connection, row: Row[Any], sheet: Sheet) -> None:
        """A new question may be called otherwise as long as it is a draft, and as no other."""
        id_ = str(sheet.question.get("id", ""))
        if row.act == Act.HEAD or id_ == row.question_id:
            return
        if row.act != Act.NEW:
            raise BadReply("A question keeps its id: what people answered must mean the same")
        drafted = connection.execute(
            select(draft.c.id).where(
                draft.c.module == row.module, draft.c.question_id == id_, draft.c.state == OPEN
            )
        ).first()
        if id_ in taken_ids(self.editions) or drafted is not None:
            raise BadReply("This id is another question’s: choose one that was never used")
        connection.execute(update(draft).where(draft.c.id == row.id).values(question_id=id_))

    def _keep(
        self, connection: Connection, draft_id: UUID, before: int, sheet: Sheet, by: UUID | None
    ) -> None:
        at, number = self.now(), before + 1
        connection.execute(
            insert(draft_version).values(
                draft_id=draft_id, number=number, content=sheet.packed, made_by=by, made_at=at
            )
        )
        connection.execute(
            update(draft)
            .where(draft.c.id == draft_id, draft.c.version == before)
            .values(content=sheet.packed, version=number, changed_by=by, changed_at=at)
        )

    def _version(self, connection: Connection, draft_id: UUID, number: int) -> Sheet:
        content = connection.execute(
            select(draft_version.c.content).where(
                draft_version.c.draft_id == draft_id, draft_version.c.number == number
            )
        ).scalar()
        if content is None:
            raise OutOfDate("This page does not belong to the draft any more: open it again.")
        return Sheet.read(content)

    # Reading

    def comment(self, by: UUID, draft_id: UUID, words: str) -> None:
        """Say something of the newest version."""
        words = checked_note(words, "Write what you want to say")
        with self.database.writing(queue="drafts") as connection:
            row, _ = self._mine(connection, by, draft_id)
            self._note(connection, row, by, "comment", words)

    def agree(self, by: UUID, draft_id: UUID, seen: int, words: str = "") -> None:
        """Say that one has read the version `seen` and agrees; who wrote any of it cannot."""
        words = checked_note(words, "")
        with self.database.writing(queue="drafts") as connection:
            row, _ = self._mine(connection, by, draft_id)
            if row.state != OPEN:
                raise Refused("This draft is published or given up: there is nothing to read.")
            if seen != row.version:
                raise OutOfDate("This was changed while you read it: read it again.")
            if by in self._writers(connection, [draft_id])[draft_id]:
                raise NotAllowed("You wrote some of this: somebody else has to read it.")
            act, sheet = Act(row.act), Sheet.read(row.content)
            asked = asked_or_none(self.editions, row.module)
            if any(one.level == "fault" for one in self.found(act, sheet, asked)):
                raise Refused("It has faults: they are mended first, and then it is read.")
            self._note(connection, row, by, "agree", words)
            self.audit.add(connection, by, "draft.read", draft_id, version=seen)

    def drop(self, by: UUID, draft_id: UUID) -> None:
        """Give a draft up; it stays on record."""
        with self.database.writing(queue="drafts") as connection:
            row, _ = self._mine(connection, by, draft_id)
            if row.state != OPEN:
                raise Refused("This draft is published or given up already.")
            connection.execute(update(draft).where(draft.c.id == draft_id).values(state=DROPPED))
            self.audit.add(connection, by, "draft.drop", draft_id)

    def _note(self, connection: Connection, row: Row[Any], by: UUID, kind: str, words: str) -> None:
        same = connection.execute(
            select(draft_note.c.id).where(
                draft_note.c.draft_id == row.id,
                draft_note.c.version == row.version,
                draft_note.c.kind == kind,
                draft_note.c.words == words,
                draft_note.c.made_by == by,
            )
        ).first()
        if same is None:  # else a button that was pressed twice
            connection.execute(
                insert(draft_note).values(
                    id=new_id(),
                    draft_id=row.id,
                    version=row.version,
                    kind=kind,
                    words=words,
                    made_by=by,
                    made_at=self.now(),
                )
            )

    def _mine(self, connection: Connection, by: UUID, draft_id: UUID) -> tuple[Row[Any], Writing]:
        """The row of a draft, for who may write in its module."""
        may = writing(connection, by, london_day(self.now()))
        row = connection.execute(_lines().where(draft.c.id == draft_id)).first()
        if row is None or not may.may(row.module):
            raise NotFound("There is no such draft in the questionnaires that you write for.")
        return row, may

    def _writers(
        self, connection: Connection, draft_ids: Iterable[UUID]
    ) -> Mapping[UUID, set[UUID]]:
        """Everybody who wrote any version of each."""
        wanted = list(draft_ids)
        found: dict[UUID, set[UUID]] = {draft_id: set() for draft_id in wanted}
        for part in _in_parts(wanted):
            rows = connection.execute(
                select(draft_version.c.draft_id, draft_version.c.made_by)
                .where(draft_version.c.draft_id.in_(part), draft_version.c.made_by.is_not(None))
                .distinct()
            )
            for draft_id, who in rows:
                found[draft_id].add(who)
        return found

    def _told(self, connection: Connection, rows: Sequence[Row[Any]], by: UUID) -> list[DraftLine]:
        ids = [row.id for row in rows]
        writers = self._writers(connection, ids)
        readers: dict[UUID, list[str]] = {draft_id: [] for draft_id in ids}
        agreed: set[UUID] = set()
        comments = dict.fromkeys(ids, 0)
        for part in _in_parts(ids):
            notes = connection.execute(
                select(draft_note.c.draft_id, draft_note.c.version, draft.c.version.label("newest"),
                       draft_note.c.kind, draft_note.c.made_by, person.c.name)
                .join(draft, draft.c.id == draft_note.c.draft_id)
                .outerjoin(person, person.c.id == draft_note.c.made_by)
                .where(draft_note.c.draft_id.in_(part))
                .order_by(draft_note.c.id)
            )  # fmt: skip
            for note in notes:
                if note.kind == "comment":
                    comments[note.draft_id] += 1
                elif note.version == note.newest and note.made_by not in writers[note.draft_id]:
                    readers[note.draft_id].append(note.name or "somebody")
                    if note.made_by == by:
                        agreed.add(note.draft_id)
        titles = {one.module.id: one.module.title for one in self.editions.all_current()}
        sheets = {row.id: Sheet.read(row.content) for row in rows}
        return [
            DraftLine(
                draft_id=row.id,
                module=row.module,
                title=titles.get(row.module, row.module),
                question_id=row.question_id,
                act=Act(row.act),
                scenario=str(sheets[row.id].question.get("scenario", "")),
                ask=sheets[row.id].ask,
                version=row.version,
                state=row.state,
                brought_from=row.brought_from,
                position=row.position,
                made_by=row.maker or "The operator",
                made_at=row.made_at,
                changed_by=row.changer or "The operator",
                changed_at=row.changed_at,
                published_at=row.published_at,
                readers=tuple(dict.fromkeys(readers[row.id])),
                comments=comments[row.id],
                is_mine=by in writers[row.id],
                has_agreed=row.id in agreed,
                is_unfinished=_is_unfinished(Act(row.act), sheets[row.id]),
            )
            for row in rows
        ]


def _is_unfinished(act: Act, sheet: Sheet) -> bool:
    """Whether a draft lacks something that a question has, as far as is seen at a glance."""
    if act not in WRITTEN:
        return False
    content = sheet.fitting()
    part = PARTS.get(str(content.get("kind")), "option")
    return not (content.get("ask") and content.get(part)) or bool(to_add(Draft(content)))


def _lines() -> Any:
    return (
        select(draft, _MAKER.c.name.label("maker"), _CHANGER.c.name.label("changer"))
        .outerjoin(_MAKER, _MAKER.c.id == draft.c.made_by)
        .outerjoin(_CHANGER, _CHANGER.c.id == draft.c.changed_by)
    )


def _beliefs_drafted(connection: Connection, module: str) -> dict[str, str]:
    """What the open drafts of a module say of beliefs that are new with them."""
    query = (
        select(draft.c.content)
        .where(draft.c.module == module, draft.c.state == OPEN)
        .where(draft.c.content.not_like('%"beliefs": {}%'))
        .order_by(draft.c.id)
    )
    sheets = [Sheet.read(content) for content in connection.execute(query).scalars()]
    return {name: says for sheet in sheets for name, says in sheet.beliefs.items()}


def _in_parts(ids: Sequence[UUID], size: int = 500) -> Iterable[Sequence[UUID]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _versions(
    rows: Sequence[Row[Any]], began: Sheet | None, named: NamesSaid
) -> tuple[DraftVersionLine, ...]:
    found: list[DraftVersionLine] = []
    before = began
    for row in rows:
        sheet = Sheet.read(row.content)
        name = row.name or "The operator"
        changes = changes_of(before, sheet, named) if before is not None else ()
        found.append(DraftVersionLine(row.number, name, row.made_at, changes))
        before = sheet
    return tuple(reversed(found))


def _overtaken(line: DraftLine, began: Sheet | None, asked: BankAsked | None) -> str:
    """That the question was published otherwise since the draft was begun."""
    if not line.is_open or began is None or asked is None or line.act is Act.HEAD:
        return ""
    question = next((q for q in asked.module.questions if q.id == line.question_id), None)
    if question is None:
        return "The question that this changes is not there any more."
    if question.withdrawn:
        return "The question was withdrawn meanwhile: this cannot be published. Copy it instead."
    then, _ = question_of(began)
    if then is not None and fingerprint(then) != fingerprint(question):
        words = "The question was published otherwise since this was begun (edition"
        return (
            f"{words} {asked.edition.label}). Publishing this would take that back: compare them."
        )
    return ""


def changed_texts(before: Sheet | None, after: Sheet) -> dict[str, str]:
    """The words of answers that are others now, by what they were."""
    part = PARTS.get(str(after.question.get("kind")), "option")
    old = before.question.get(part) or () if before else ()
    new = after.question.get(part) or ()
    if len(old) != len(new):
        return {}
    pairs = [
        (str(one[name]), str(other.get(name, "")))
        for one, other in zip(old, new, strict=True)
        for name in ("text", "left", "right")
        if isinstance(one.get(name), str)
    ]
    return {was: now for was, now in pairs if was != now and now}


def with_texts(sheet: Sheet, put: Mapping[str, str]) -> Sheet:
    """A sheet with other words for some of its answers."""
    part = PARTS.get(str(sheet.question.get("kind")), "option")
    rows = [
        {n: put.get(v, v) if n in ("text", "left", "right") and isinstance(v, str) else v
         for n, v in row.items()}
        for row in sheet.question.get(part) or ()
    ]  # fmt: skip
    return replace(sheet, question={**sheet.question, part: rows})


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """An id that is not among those, by a number behind the one wanted."""
    known, id_, number = set(taken), wanted, 1
    while id_ in known:
        number += 1
        id_ = f"{wanted[:58]}-{number}"
    return id_


def too_large(sheet: Sheet) -> None:
    """BadReply for a draft that no question could be."""
    if len(sheet.packed) > LARGEST:
        raise BadReply("This is far too long for a question: shorten it")


def checked_note(words: str, missing: str) -> str:
    """What somebody wrote; BadReply where it is nothing, too long or cannot be shown."""
    words = words.replace("\r\n", "\n").strip()
    if missing and not words:
        raise BadReply(missing)
    if trouble := to_mend(words, LONGEST_NOTE, in_lines=True):
        raise BadReply(trouble)
    return words
